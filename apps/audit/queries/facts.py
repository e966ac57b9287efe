"""What is known of the answers of a data set: which are right, gold scores, lengths, tags, preferences."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from django.db.models import F
from django.db.models.expressions import RawSQL

from apps.audit.queries.columns import Column, Key
from apps.datasets.models import Dataset, Label, Preference, Rater, Response, SubjectKind, SubjectMember
from apps.judging import queries as judging

_LENGTH = """
(SELECT coalesce(sum(length(part->>'text')), 0) FROM jsonb_array_elements("datasets_response"."parts") AS part)
"""


@dataclass
class Fact:
    """One response: where it is, how long (in characters), and by what names it goes."""

    response: int
    prompt: int
    length: float
    tags: dict[str, str]


@dataclass
class Facts:
    """The responses of a data set by their ids, and what people said of them."""

    dataset: Dataset
    answers: dict[Key, Fact] = field(default_factory=dict)
    correct: dict[Key, float] = field(default_factory=dict)
    gold: dict[Key, float] = field(default_factory=dict)
    better: list[tuple[Key, Key]] = field(default_factory=list)
    strength: dict[tuple[int, int], float] = field(default_factory=dict)


def facts_of(dataset: Dataset) -> Facts:
    """All that is known; right is an answer that most raters put before another and behind none, wrong one that is
    behind another. Without preferences blind labels of whole answers that are 0 or 1 say it, by majority.
    """
    found = Facts(dataset)
    _read_answers(found)
    names = {fact.response: key for key, fact in found.answers.items()}
    _read_preferences(found, names)
    _read_labels(found, names)
    return found


def pair_scores(column: Column) -> dict[tuple[int, int], float | None]:
    """The score of each ordered pair of responses that a run compared."""
    return {
        (item.members[0][0], item.members[1][0]): item.raw
        for item in column.items
        if item.kind == SubjectKind.PAIR and len(item.members) == 2
    }


def _read_answers(found: Facts) -> None:
    rows = Response.objects.filter(prompt__dataset=found.dataset).annotate(size=RawSQL(_LENGTH, []))  # noqa: S611
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    facts: dict[int, Fact] = {}
    for (
        pk, name, model, edit, tags, parent, prompt, prompt_id, language, translation, prompt_tags, size,
    ) in rows.values_list(
        "pk", "external_id", "model", "edit", "tags", "parent", "prompt", "prompt__external_id", "prompt__language",
        "prompt__translation_of__external_id", "prompt__tags", "size",
    ):  # fmt: skip
        policy = edit.removeprefix("policy:") if edit.startswith("policy:") else ""
        said = {"source": model, "language": language or found.dataset.language, "policy": policy}
        said["edit"] = "" if policy else edit
        said["parallel"] = translation or (prompt_id if language else "")
        for tag in (*prompt_tags, *tags):
            axis, mark, value = tag.partition(":")
            if mark and value:
                said[axis] = value
        facts[pk] = found.answers[prompt_id, name] = Fact(pk, prompt, float(size), said)
        names[pk] = name
        if parent is not None:
            parents[pk] = parent
    for child, parent in parents.items():
        facts[child].tags["of"] = names.get(parent, "")


def _read_preferences(found: Facts, names: Mapping[int, Key]) -> None:
    for pairs in judging.better_of(found.dataset).values():
        beaten = {worse for _, worse in pairs}
        for better, worse in sorted(pairs):
            if better in names and worse in names:
                found.better.append((names[better], names[worse]))
                found.correct[names[worse]] = 0.0
                if better not in beaten:
                    found.correct.setdefault(names[better], 1.0)
    rows = Preference.objects.filter(dataset=found.dataset, criterion=None, strength__isnull=False)
    said: dict[tuple[int, int], list[float]] = defaultdict(list)
    ranked: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for key, response, strength in rows.order_by("pk", "members__rank").values_list(
        "pk", "members__response", "strength"
    ):
        if strength is not None:
            ranked[key].append((response, strength))
    for members in ranked.values():
        if len(members) == 2:
            said[members[0][0], members[1][0]].append(members[0][1])
    found.strength = {pair: fmean(values) for pair, values in said.items()}


def _read_labels(found: Facts, names: Mapping[int, Key]) -> None:
    rows = Label.objects.filter(
        dataset=found.dataset, criterion=None, value__isnull=False, mode=Label.Mode.BLIND,
        subject__kind=SubjectKind.RESPONSE,
    ).exclude(rater__sort=Rater.Sort.MODEL)  # fmt: skip
    said: dict[Key, list[float]] = defaultdict(list)
    members = SubjectMember.objects.filter(subject__labels__in=rows)
    response_of = dict(members.values_list("subject", "response"))
    for subject, value in rows.values_list(F("subject"), "value"):
        key = names.get(response_of.get(subject, -1))
        if key is not None and value is not None:
            said[key].append(value)
    found.gold = {key: fmean(values) for key, values in said.items()}
    decided = _decided(list(said.values()))
    if not found.correct and decided:
        found.correct = {key: float(mean > 0.5) for key, mean in found.gold.items() if mean != 0.5}


def _decided(said: Sequence[Sequence[float]]) -> bool:
    return all(value in (0.0, 1.0) for values in said for value in values)

"""What benchmarks hold scorers against besides preferences: ratings by criterion, majorities of pairs, rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from apps.audit.queries.columns import Column, Key
from apps.audit.queries.facts import Facts, pair_scores
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset, Label, Rater, Response, SubjectKind, SubjectMember
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import audits, checks, errors, subjects
from domain.benchmarks import Truth
from domain.checks import CheckResult, Given

TIE = 0.5
FAMILIES = ("ifeval", "ifbench")
FOLLOWED = {"pass": 1.0, "fail": 0.0}
Row = tuple[str, str, str, float, float]


def known_of(truth: Truth, column: Column, known: Facts) -> audits.Known | None:
    """What people said by criterion, or by the majority of a pair, beside what the scorer said; NaN where nothing."""
    if truth is Truth.CRITERIA:
        return _known(_criteria(column, known))
    return _known(_majorities(column, known)) if truth is Truth.MAJORITY else None


def ruled(dataset: Dataset, writer: str) -> audits.Known | None:
    """Whether each answer of a model follows each instruction: `said` read strictly, `truth` loosely."""
    versions = RubricVersion.objects.filter(prompt__dataset=dataset, scope="prompt").order_by("prompt", "-number")
    specs = {version.prompt_id: _specs(version) for version in reversed(versions)}
    rows: list[Row] = []
    answers = Response.objects.filter(prompt__dataset=dataset, model=writer, prompt__in=specs).select_related("prompt")
    for answer in answers.order_by("prompt", "pk"):
        given = Given(subjects.text_of(answer.parts))
        for spec in specs.get(answer.prompt_id, ()):
            strict, loose = (_followed(spec | {"mode": mode}, given) for mode in ("strict", "loose"))
            rows.append((answer.prompt.external_id, answer.external_id, str(spec["instruction"]), strict, loose))
    return _known(rows)


def writers_of(dataset: Dataset) -> list[str]:
    """The models with answers to prompts whose instructions rules check; "" is an unnamed one."""
    bound = RubricVersion.objects.filter(prompt__dataset=dataset, scope="prompt").values("prompt")
    found = Response.objects.filter(prompt__in=bound).values_list("model", flat=True).distinct()
    return sorted(found)


def _specs(version: RubricVersion) -> list[dict[str, Any]]:
    said = rubrics.domain_rubric(version).criteria
    return [dict(one.check) for one in said if one.check and one.check.get("kind") in FAMILIES]


def _followed(spec: Mapping[str, Any], given: Given) -> float:
    try:
        found: CheckResult = checks.evaluate(spec, given)
    except errors.Invalid:
        return np.nan
    return FOLLOWED.get(str(found.result), np.nan)


def _criteria(column: Column, known: Facts) -> list[Row]:
    """People's mean by answer and criterion; the crowd's only where no expert rated the criterion."""
    members = SubjectMember.objects.filter(subject__labels__dataset=known.dataset, position=0)
    response_of = dict(members.values_list("subject", "response"))
    keys = {fact.response: key for key, fact in known.answers.items()}
    said: dict[tuple[str, str], dict[Key, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name, subject, sort, value, repeat, twin in _labels(known.dataset):
        key = keys.get(response_of.get(subject, -1))
        # Another answer of the same words has its label as a repeat that names it.
        key = (key[0], twin) if key is not None and twin else key
        if key is not None and key in column.values and (twin or not repeat):
            said[name, sort][key].append(value)
    rows: list[Row] = []
    for name in sorted({name for name, _ in said}):
        chosen = said.get((name, Rater.Sort.HUMAN)) or said[name, Rater.Sort.CROWD]
        place = column.criteria.index(name) if name in column.criteria else None
        for key, values in sorted(chosen.items()):
            own = column.degrees.get(key) if place is not None else None
            score = own[place] if own and place is not None else column.values[key]
            rows.append((key[0], key[1], name, score, fmean(values)))
    return rows


def _labels(dataset: Dataset) -> Iterable[tuple[str, int, str, float, int, str | None]]:
    """Criterion, subject, sort of rater, value, repeat, and the answer it is about where that is a twin."""
    rows = Label.objects.filter(
        dataset=dataset, criterion__isnull=False, value__isnull=False, mode=Label.Mode.BLIND,
        subject__kind=SubjectKind.RESPONSE,
    ).exclude(rater__sort=Rater.Sort.MODEL)  # fmt: skip
    return rows.order_by("pk").values_list(
        "criterion", "subject", "rater__sort", "value", "repeat", "payload__response"
    )  # type: ignore[return-value]


def _majorities(column: Column, known: Facts) -> list[Row]:
    """Pairs of which more than half of the raters said the same, ties among it, in the order of the answers' ids."""
    keys = {fact.response: key for key, fact in known.answers.items()}
    votes: dict[tuple[int, int], list[float]] = defaultdict(list)
    for pair in datasets.preferred_pairs(known.dataset):
        first, second = pair.responses
        turned = keys.get(first, ("", "")) > keys.get(second, ("", ""))
        votes[(second, first) if turned else (first, second)].append(1 - pair.value if turned else pair.value)
    compared = pair_scores(column)
    rows: list[Row] = []
    for (first, second), said in sorted(votes.items()):
        truth, count = Counter(said).most_common(1)[0]
        if 2 * count <= len(said) or first not in keys or second not in keys:
            continue
        score = _preferred(column, compared, first, second, keys)
        if score is not None:
            one, two = keys[first], keys[second]
            rows.append((one[0], f"{one[1]} and {two[1]}", "", score, truth))
    return rows


def _preferred(
    column: Column, compared: Mapping[tuple[int, int], float | None], first: int, second: int, keys: Mapping[int, Key]
) -> float | None:
    """How far the first is preferred, over both orders; NaN where it could not be read, None where nobody asked."""
    asked = [pair for pair in ((first, second), (second, first)) if pair in compared]
    if asked:
        read = [compared[pair] for pair in asked]
        both = zip(asked, read, strict=True)
        values = [value if pair[0] == first else 1 - value for pair, value in both if value is not None]
        return fmean(values) if values else np.nan
    one, other = keys[first], keys[second]
    if one not in column.values or other not in column.values:
        return None
    return float(np.sign(column.values[one] - column.values[other]) / 2 + TIE)


def _known(rows: Sequence[Row]) -> audits.Known | None:
    if not rows:
        return None
    return audits.Known(
        said=np.array([row[3] for row in rows], dtype=float), truth=np.array([row[4] for row in rows], dtype=float),
        prompts=[row[0] for row in rows], ids=[row[1] for row in rows], criteria=[row[2] for row in rows],
    )  # fmt: skip

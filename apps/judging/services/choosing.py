"""Which answers a run judges under which rubric version."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from apps.accounts.permissions import Actor
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Subject, SubjectKind
from apps.judging import permissions
from apps.judging.models import JudgeVersion
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricSetVersion, RubricVersion
from domain import errors, strategies

Pair = tuple[RubricVersion, Subject]
MOST_ITEMS = 500_000
_IN_ONE_GO = 5000
_NOTHING = {
    SubjectKind.PAIR: "There is no pair to compare: no prompt chosen has two different answers.",
    SubjectKind.TRAJECTORY: "There is nothing to judge: no answer chosen has steps.",
}


class Part(NamedTuple):
    """What one judge of a run judges."""

    judge: JudgeVersion
    pairs: list[Pair]


def plan(
    *, by: Actor, judges: Sequence[JudgeVersion], pairs: Sequence[Pair] | None, versions: Sequence[RubricVersion],
    set_version: RubricSetVersion | None, dataset: Dataset | None, filter: Mapping[str, Any] | None,  # noqa: A002
    subjects: Sequence[Subject] | None,
) -> list[Part]:  # fmt: skip
    """What each judge judges, each pair of version and subject once.

    What was not named is made from the data set as the judge's strategy needs it: answers, pairs, lists, trajectories.
    """
    made: dict[tuple[str, int], list[Pair]] = {}
    found: list[Part] = []
    for judge in judges:
        need = _need(judge)
        if pairs is None and need not in made:
            whole = _subjects(by, need, dataset, filter) if subjects is None else subjects
            made[need] = choose(by=by, versions=versions, set_version=set_version, subjects=whole)
            if need[0] == SubjectKind.LIST:
                made[need].sort(key=lambda pair: pair[0].pk)
        chosen = made[need] if pairs is None else pairs
        unique = {(version.pk, subject.pk): (version, subject) for version, subject in chosen}
        found.append(Part(judge, list(unique.values())))
    return found


def _need(judge: JudgeVersion) -> tuple[str, int]:
    """What kind of subject a judge judges, and of how many answers at most where that is a setting."""
    about = strategies.get(judge.strategy).about
    most = strategies.filled(about, judge.settings).get("most_members", 0)
    return about.subject, int(most)


def _subjects(
    by: Actor, need: tuple[str, int], dataset: Dataset | None, filter: Mapping[str, Any] | None  # noqa: A002
) -> list[Subject]:  # fmt: skip
    if dataset is None:
        raise errors.Invalid("Say what to judge: a data set or answers.", code="run_without_answers")
    permissions.check_belongs(by, dataset.workspace_id, "dataset")
    kind, most = SubjectKind(need[0]), need[1]
    found = {
        SubjectKind.PAIR: lambda: datasets.pairs_of(dataset, filter),
        SubjectKind.LIST: lambda: datasets.lists_of(dataset, filter, most=most),
        SubjectKind.TRAJECTORY: lambda: datasets.trajectories_of(dataset, filter),
    }.get(kind, lambda: datasets.subjects_of(dataset, filter))()
    if not found and kind in _NOTHING:
        raise errors.Invalid(_NOTHING[kind], code="run_empty")
    return found


def choose(
    *, by: Actor, versions: Sequence[RubricVersion], set_version: RubricSetVersion | None, subjects: Sequence[Subject]
) -> list[Pair]:  # fmt: skip
    """Pairs of version and subject, all versions of one answer together, each pair once."""
    if set_version is not None:
        permissions.check_belongs(by, set_version.rubric_set.workspace_id, "rubric")
    whole = with_prompts(subjects)
    by_prompt = rubric_queries.by_prompt(set_version) if set_version else {}
    pairs = [
        (version, subject)
        for subject in whole
        for version in [*_bound(by_prompt, subject), *versions]
        if _fits(version, subject)
    ]
    if not pairs:
        raise errors.Invalid(
            "There is nothing to judge: no answer of the data set fits the rubric and the filter.", code="run_empty"
        )
    return pairs


def with_prompts(subjects: Sequence[Subject]) -> list[Subject]:
    """Each subject once, in the order given, with its prompt at hand."""
    order = list(dict.fromkeys(subject.pk for subject in subjects))
    found: dict[int, Subject] = {}
    for start in range(0, len(order), _IN_ONE_GO):
        rows = Subject.objects.select_related("prompt").filter(pk__in=order[start : start + _IN_ONE_GO])
        found.update((row.pk, row) for row in rows)
    return [found[pk] for pk in order]


def _bound(by_prompt: Mapping[str, RubricVersion], subject: Subject) -> list[RubricVersion]:
    """The set's rubric for the prompt of a subject, where it has one."""
    version = by_prompt.get(subject.prompt.external_id) if by_prompt else None
    return [version] if version else []


def _fits(version: RubricVersion, subject: Subject) -> bool:
    """Whether a rubric that belongs to one prompt meets that prompt."""
    if version.scope != "prompt":
        return True
    if version.prompt_id is not None:
        return version.prompt_id == subject.prompt_id
    return bool(version.scope_ref.get("prompt_id") == subject.prompt.external_id)

"""Which answers a run judges under which rubric version."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.accounts.permissions import Actor
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Subject
from apps.judging import permissions
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricSetVersion, RubricVersion
from domain import errors

Pair = tuple[RubricVersion, Subject]
MOST_ITEMS = 500_000
_IN_ONE_GO = 5000


def choose(
    *, by: Actor, versions: Sequence[RubricVersion], set_version: RubricSetVersion | None, dataset: Dataset | None,
    filter: Mapping[str, Any] | None, subjects: Sequence[Subject] | None,  # noqa: A002
) -> list[Pair]:  # fmt: skip
    """Pairs of version and subject, all versions of one answer together, each pair once."""
    if set_version is not None:
        permissions.check_belongs(by, set_version.rubric_set.workspace_id, "rubric")
    if subjects is None:
        if dataset is None:
            raise errors.Invalid("Say what to judge: a data set or answers.", code="run_without_answers")
        permissions.check_belongs(by, dataset.workspace_id, "dataset")
        subjects = datasets.subjects_of(dataset, filter)
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

"""Joins another version into a draft: looked at first, chosen field by field, stored as one step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Origin, RubricVersion
from apps.rubrics.services import drafts, rows
from domain import errors, rubric


class MergeOpen(errors.Conflict):
    """Both sides changed the same, and nobody chose yet."""

    default_code = "merge_open"


@dataclass(frozen=True)
class MergePlan:
    """What would come of a merge: the places to choose at, those still open, the outcome and what is wrong with it.

    `seen` stands for the two states it was made from.
    """

    base: queries.State | None
    choices: tuple[rubric.Choice, ...]
    open: tuple[rubric.Conflict, ...]
    mine: dict[str, Any]
    theirs: dict[str, Any]
    document: dict[str, Any]
    problems: tuple[errors.Problem, ...]
    seen: str


def plan_merge(*, version: RubricVersion, other: RubricVersion, picks: Mapping[str, str]) -> MergePlan:
    """Join without storing anything."""
    if version.pk == other.pk or version.rubric_id != other.rubric_id:
        raise errors.Invalid("Choose another version of the same rubric.", code="merge_pair")
    mine, theirs = queries.draft_document(version), queries.draft_document(other)
    state = queries.common_state(version, other)
    base = state.said() if state else queries.empty_document()
    merged = rubric.chosen(base, mine, theirs, picks)
    return MergePlan(
        base=state,
        choices=rubric.choices(base, mine, theirs),
        open=merged.conflicts,
        mine=mine,
        theirs=theirs,
        document=merged.document,
        problems=_problems(merged.document),
        seen=queries.fingerprint([mine, theirs]),
    )


@transaction.atomic
def merge_into(
    *, by: Actor, version: RubricVersion, other: RubricVersion, picks: Mapping[str, str], seen: str | None = None
) -> RubricVersion:
    """Join `other` into a draft as one step that undo takes back; both become its parents."""
    permissions.check_may_write(by, other.rubric.workspace_id)
    row = drafts.locked(by=by, version=version)
    plan = plan_merge(version=row, other=other, picks=picks)
    if seen is not None and seen != plan.seen:
        raise drafts.Stale("One of the two versions was edited since you looked.", code="merge_stale")
    if plan.open:
        places = [conflict.pointer for conflict in plan.open]
        raise MergeOpen(_open_sentence(len(places)), details={"conflicts": places})

    def joins() -> int:
        way = Origin.Way.MERGED
        return Origin.objects.create(version=row, other=other, way=way, document=plan.theirs, by=by.user).pk

    drafts.store(by=by, row=row, document=plan.document, what=f"merged version {other.number}", joins=joins)
    history.record(
        by=by,
        workspace=row.rubric.workspace,
        action="rubric.merged",
        target=row,
        detail={"from": other.number, "from_digest": other.digest, "digest": row.digest, "chosen": len(picks)},
    )
    return row


def _open_sentence(count: int) -> str:
    places = "one place" if count == 1 else f"{count} places"
    return f"Both sides changed {places} in different ways; choose what should stay."


def _problems(document: dict[str, Any]) -> tuple[errors.Problem, ...]:
    try:
        rows.check_fits(rubric.parse(document))
    except errors.Invalid as error:
        return tuple(error.problems) or (errors.Problem("", error.message),)
    return ()

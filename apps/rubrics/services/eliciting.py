"""Asking a person what matters: begun once, answered piece by piece, finished into weights; nothing is thrown away."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Elicitation, RubricVersion
from domain import errors, weighing


class ElicitationInvalid(errors.Invalid):
    """Answers that cannot be read, or that are not complete."""

    default_code = "elicitation_invalid"


@transaction.atomic
def start_elicitation(*, by: Actor, version: RubricVersion, kind: str) -> Elicitation:
    """Begin, or go on where this person left off."""
    permissions.check_may_weigh(by, version.rubric.workspace_id)
    if kind not in Elicitation.Kind.values:
        raise ElicitationInvalid("There are swing and tradeoffs.", problems=[errors.Problem("/kind", "is unknown")])
    if not any(one.is_open for one in weighing.sections_of(queries.domain_rubric(version))):
        raise ElicitationInvalid("There is nothing to weigh against each other: write a second criterion first.")
    row, made = Elicitation.objects.get_or_create(version=version, by=by.user, kind=kind, finished_at=None)
    if made:
        _record(by, row, "begun", {})
    return row


@transaction.atomic
def rate_swings(
    *, by: Actor, elicitation: Elicitation, section: str, order: list[str], ratings: Mapping[str, float]
) -> Elicitation:  # fmt: skip
    """Keep the order and the points of one section; points may still be missing."""
    row, part = _locked(by, elicitation, section, Elicitation.Kind.SWING)
    if sorted(order) != sorted(part.keys):
        raise ElicitationInvalid("Each item stands in the order exactly once.", code="swings_invalid")
    for key, points in ratings.items():
        if key not in part.keys or not 0 <= points <= weighing.MOST_POINTS:
            said = "Points lie between 0 and 100, for an item of this section."
            raise ElicitationInvalid(said, problems=[errors.Problem(f"/ratings/{key[:200]}", said)])
    given = {"order": order, "ratings": {key: float(points) for key, points in ratings.items()}}
    return _kept(row, section, given | {"at": timezone.now().isoformat()})


@transaction.atomic
def compare_items(
    *, by: Actor, elicitation: Elicitation, section: str, first: str, second: str, ratio: float | None
) -> Elicitation:  # fmt: skip
    """Keep how many times as important the first item is as the second; None takes the comparison back."""
    row, part = _locked(by, elicitation, section, Elicitation.Kind.TRADEOFFS)
    if first not in part.keys or second not in part.keys or first == second:
        raise ElicitationInvalid("Those two are no pair of this section.", code="tradeoffs_invalid")
    if ratio is not None and not 1 / weighing.MOST_RATIO <= ratio <= weighing.MOST_RATIO:
        raise ElicitationInvalid("The ratio must lie between 1/100 and 100.", code="tradeoffs_invalid")
    said = [one for one in row.answers.get(section, {}).get("said", []) if set(one[:2]) != {first, second}]
    if ratio is not None:
        said.append([first, second, float(ratio), timezone.now().isoformat()])
    return _kept(row, section, {"said": said})


@transaction.atomic
def finish_elicitation(*, by: Actor, elicitation: Elicitation) -> Elicitation:
    """Close it with the weights that follow; raises ElicitationInvalid where a section is not answered."""
    row = _row(by, elicitation)
    sections = weighing.sections_of(queries.domain_rubric(row.version))
    asked = queries.asked(sections, row, row.kind)
    lacking = [one for one in asked if not one.is_done]
    if lacking:
        problems = [errors.Problem(f"/sections/{one.section.id}", one.lacking) for one in lacking]
        raise ElicitationInvalid(lacking[0].lacking, code="elicitation_incomplete", problems=problems)
    row.result = {
        "local": {one.section.id: dict(one.weights or {}) for one in asked},
        "consistency": {one.section.id: one.judged.ratio for one in asked if one.judged is not None},
    }
    row.finished_at = timezone.now()
    row.save(update_fields=["result", "finished_at"])
    _record(by, row, "finished", row.result)
    return row


def _locked(
    by: Actor, elicitation: Elicitation, section: str, kind: Elicitation.Kind
) -> tuple[Elicitation, weighing.Section]:  # fmt: skip
    row = _row(by, elicitation)
    if row.kind != kind:
        raise ElicitationInvalid(f"These are answers of {row.get_kind_display()}.")
    for one in weighing.sections_of(queries.domain_rubric(row.version)):
        if one.id == section and one.is_open:
            return row, one
    raise ElicitationInvalid("There is no such section to weigh.", problems=[errors.Problem("/section", "is unknown")])


def _row(by: Actor, elicitation: Elicitation) -> Elicitation:
    permissions.check_may_weigh(by, elicitation.version.rubric.workspace_id)
    row = Elicitation.objects.select_for_update(of=("self",)).select_related("version__rubric").get(pk=elicitation.pk)
    if row.by_id != by.user.pk:
        raise errors.NotAllowed("These are the answers of another person.", code="not_own_elicitation")
    if row.finished_at is not None:
        raise errors.Conflict("These answers are finished; begin again to answer otherwise.", code="elicitation_closed")
    return row


def _kept(row: Elicitation, section: str, said: dict[str, Any]) -> Elicitation:
    row.answers = {**row.answers, section: said}
    row.answered_at = timezone.now()
    row.save(update_fields=["answers", "answered_at"])
    return row


def _record(by: Actor, row: Elicitation, verb: str, detail: dict[str, Any]) -> None:
    history.record(
        by=by, workspace=by.workspace, action=f"elicitation.{verb}", target=row.version,
        detail={"kind": row.kind, "elicitation": row.pk, **detail},
    )  # fmt: skip

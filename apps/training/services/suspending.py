"""Suspending criteria: new releases and training runs are refused them, pinned runs go on."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.judging import queries as judge_queries
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from apps.training.models import Alarm, Suspension
from domain import errors

PROTOCOL = "isolated"
"""A criterion is what a judge is shown of it alone: worded anew it is another one."""
MOST_REASON = 2000
BATCH = 500


class Suspended(errors.Conflict):
    """A criterion is suspended."""

    default_code = "criterion_suspended"


def suspend_criterion(
    *, by: Actor, version: RubricVersion, criterion: str, reason: str, alarm: Alarm | None = None
) -> Suspension:
    """Refuse a criterion, as it is worded in a version, to new releases and runs; those pinned to it go on."""
    by.require(Role.APPROVER, "suspend criteria")
    said = _said(reason)
    found = next((one for one in rubric_queries.domain_rubric(version).criteria if one.id == criterion), None)
    if found is None:
        problem = errors.Problem("/criterion", "is none of this version")
        raise errors.Invalid(f"{version} has no criterion {criterion}.", problems=[problem])
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Suspension.objects.create(
                    workspace=by.workspace, rubric=version.rubric, criterion=criterion, text=found.text, reason=said,
                    digest=judge_queries.criterion_digests(version, PROTOCOL)[criterion], alarm=alarm, by=by.user,
                )  # fmt: skip
        except IntegrityError as again:
            raise errors.Conflict("This criterion is suspended already.", code="criterion_suspended") from again
        _record(by, made, "criterion.suspended")
    return made


def lift_suspension(*, by: Actor, suspension: Suspension, reason: str) -> Suspension:
    """Let new releases and runs have the criterion again, with the reason."""
    by.require(Role.APPROVER, "lift suspensions")
    said = _said(reason)
    with transaction.atomic():
        lifted = Suspension.objects.filter(pk=suspension.pk, workspace=by.workspace, lifted_at=None)
        if not lifted.update(lifted_at=timezone.now(), lifted_by=by.user, lift_reason=said):
            raise errors.Conflict("This suspension is lifted already.", code="suspension_lifted")
        _record(by, suspension, "criterion.suspension_lifted")
    suspension.refresh_from_db()
    return suspension


def check_none_suspended(versions: Sequence[RubricVersion]) -> None:
    """Refuse versions that hold a suspended criterion, and name it."""
    rubrics = list({version.rubric_id for version in versions})
    held: dict[int, dict[str, Suspension]] = {}
    for start in range(0, len(rubrics), BATCH):
        rows = Suspension.objects.filter(rubric__in=rubrics[start : start + BATCH], lifted_at=None)
        for row in rows:
            held.setdefault(row.rubric_id, {})[row.digest] = row
    for version in versions:
        known = held.get(version.rubric_id)
        for name, digest in judge_queries.criterion_digests(version, PROTOCOL).items() if known else ():
            if (found := (known or {}).get(digest)) is not None:
                raise Suspended(
                    f"The criterion {name} of {version} is suspended ({found.reason.rstrip('.')}). Word it anew in "
                    "a new version, or have an approver lift the suspension.",
                    details={"version": str(version), "criterion": name, "suspension": found.pk},
                )


def _said(reason: str) -> str:
    said = reason.strip()
    if not said or len(said) > MOST_REASON:
        sentence = f"Say why, in at most {MOST_REASON:,} characters."
        raise errors.Invalid(sentence, problems=[errors.Problem("/reason", sentence)])
    return said


def _record(by: Actor, suspension: Suspension, action: str) -> None:
    detail = {"criterion": suspension.criterion, "digest": suspension.digest}
    history.record(by=by, workspace=by.workspace, action=action, target=suspension, detail=detail)

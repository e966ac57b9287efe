"""Audits that run by themselves whenever a run has judged by a version of a rubric."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.audit import permissions, queries
from apps.audit.models import Audit, Plan
from apps.audit.services.auditing import run_audit
from apps.history import services as history
from apps.judging.models import Run
from apps.rubrics.models import Rubric
from domain import audits, errors

log = logging.getLogger(__name__)


def plan_audit(
    *, by: Actor, rubric: Rubric, kind: str, params: Mapping[str, Any] | None = None, seed: int = 0
) -> Plan:  # fmt: skip
    """Have an audit run after every run by this rubric. Raises Conflict where it is planned already."""
    permissions.check_may_plan(by)
    if rubric.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such rubric here.", code="rubric_unknown")
    with errors.at("/kind"):
        entry = audits.entry(kind)
    chosen = audits.settled(entry.params, params or {})
    try:
        with transaction.atomic():
            plan = Plan.objects.create(rubric=rubric, kind=kind, params=chosen, seed=seed, created_by=by.user)
            history.record(by=by, workspace=by.workspace, action="audit.planned", target=rubric, detail={"kind": kind})
    except IntegrityError as again:
        raise errors.Conflict(f"“{entry.title}” runs by itself already.", code="audit_planned") from again
    return plan


@transaction.atomic
def end_plan(*, by: Actor, plan: Plan) -> Plan:
    """Let an audit run by itself no more."""
    permissions.check_may_plan(by)
    if plan.rubric.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such plan here.", code="plan_unknown")
    if plan.ended_at is None:
        plan.ended_at = timezone.now()
        plan.save(update_fields=["ended_at"])
        history.record(
            by=by, workspace=by.workspace, action="audit.unplanned", target=plan.rubric, detail={"kind": plan.kind}
        )
    return plan


def run_planned(*, run: Run) -> list[Audit]:
    """Ask a worker for each planned audit of what a run judged; what a plan lacks is kept as the audit's refusal.

    An audit that compares holds the version against the approved one, on the newest run of the same judge over the
    same data set; without any it is left out.
    """
    asked = []
    for plan, inputs in queries.planned_inputs(run):
        actor = Actor(user=plan.created_by, workspace=run.workspace, role=Role.AUTHOR)
        try:
            audit = run_audit(
                by=actor, kind=plan.kind, inputs=inputs, params=plan.params, seed=plan.seed, plan=plan, at_once=False
            )
        except errors.StudioError as refused:
            log.warning("the planned audit %s of run %s was refused: %s", plan, run.pk, refused.message)
        else:
            asked.append(audit)
    return asked

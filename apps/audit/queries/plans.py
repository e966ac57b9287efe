"""Which audits run by themselves, and on what."""

from typing import Any

from django.db.models import QuerySet

from apps.accounts.permissions import Actor
from apps.audit.models import Plan
from apps.audit.queries.cards import PURPOSES
from apps.judging.models import JudgeVersion, Run
from apps.rubrics.models import Rubric, RubricVersion, VersionStatus
from domain import audits, errors
from domain.audits import Need


def plans_of(rubric: Rubric) -> QuerySet[Plan]:
    """The audits that run by themselves for a rubric."""
    return Plan.objects.filter(rubric=rubric, ended_at=None).select_related("created_by").order_by("pk")


def get_plan(actor: Actor, key: int) -> Plan:
    """A plan in the actor's workspace that has not ended."""
    rows = Plan.objects.filter(rubric__workspace=actor.workspace, ended_at=None).select_related("rubric", "created_by")
    found = rows.filter(pk=key).first() if 0 < key < 2**63 else None
    if found is None:
        raise errors.NotFound("There is no such plan here.", code="plan_unknown")
    return found


def planned_inputs(run: Run) -> list[tuple[Plan, dict[str, Any]]]:
    """Each plan that a run calls for, with its inputs; an audit that compares needs the approved version judged too."""
    if run.purpose not in PURPOSES:
        return []
    found = []
    judges = list(run.judges.select_related("judge").order_by("pk"))
    for version in run.versions.select_related("rubric").order_by("pk"):
        for plan in plans_of(version.rubric):
            entry = audits.AUDITS.get(plan.kind)
            for judge in judges if entry else ():
                scores = [_side(run, judge, version)]
                if entry is not None and Need.SECOND in entry.needs:
                    other = _approved_beside(run, judge, version)
                    if other is None:
                        continue
                    scores.append(other)
                found.append((plan, {"scores": scores}))
    return found


def _side(run: Run, judge: JudgeVersion, version: RubricVersion) -> dict[str, Any]:
    return {"run": str(run.pk), "judge": str(judge), "rubric": str(version)}


def _approved_beside(run: Run, judge: JudgeVersion, version: RubricVersion) -> dict[str, Any] | None:
    rows = Run.objects.filter(
        workspace=run.workspace, dataset=run.dataset, judges=judge, purpose__in=PURPOSES, job__state="done",
        versions__rubric=version.rubric, versions__status=VersionStatus.APPROVED,
    ).exclude(versions=version)  # fmt: skip
    newest = rows.order_by("-created_at").first()
    if newest is None:
        return None
    other = newest.versions.filter(rubric=version.rubric, status=VersionStatus.APPROVED).select_related("rubric")[0]
    return _side(newest, judge, other)

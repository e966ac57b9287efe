"""Sets what a workspace asks for before a version is approved."""

from dataclasses import asdict
from typing import Any

from django.db import transaction

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.rubrics import queries
from domain import audits, errors


@transaction.atomic
def change_approval_policy(*, by: Actor, **said: Any) -> queries.ApprovalPolicy:
    """Store the policy; it holds for versions in review from now on, and approvals that stand keep standing."""
    by.require(Role.ADMIN, "change what approval needs")
    by.require_scope("admin")
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    before = queries.approval_policy(workspace)
    policy = queries.ApprovalPolicy(**{**asdict(before), **said})
    if problems := list(_problems(policy)):
        raise errors.Invalid(problems[0].message, code="policy_invalid", problems=problems)
    workspace.settings = {**workspace.settings, "approval": asdict(policy)}
    workspace.save(update_fields=["settings"])
    by.workspace.settings = workspace.settings
    detail = {"before": asdict(before), "after": asdict(policy)}
    history.record(by=by, workspace=workspace, action="workspace.approval_changed", target=workspace, detail=detail)
    return policy


def _problems(policy: queries.ApprovalPolicy) -> list[errors.Problem]:
    most = queries.MOST_APPROVERS
    ranges = {
        "approvers": (policy.approvers, 1, most, f"Ask for 1 to {most} approvers."),
        "adjudicated": (policy.adjudicated, 1, 100_000, "Ask for at least one settled decision, or leave it empty."),
        "agreement": (policy.agreement, 0, 1, "The agreement lies between 0 and 1."),
        "agreement_items": (policy.agreement_items, 1, 100_000, "Agreement needs at least one decision."),
        "second_when_far": (policy.second_when_far, 0, 1, "The changed share lies between 0 and 1."),
        "second_when_tau_below": (policy.second_when_tau_below, -1, 1, "The kept order lies between -1 and 1."),
        "label_consistency": (policy.label_consistency, 0, 1, "The agreement with pairs lies between 0 and 1."),
        "misleading_most": (policy.misleading_most, 0, 1, "The share of misleading pairs lies between 0 and 1."),
        "set_bad_share": (policy.set_bad_share, 0, 1, "The share of bad rubrics lies between 0 and 1."),
    }
    found = [
        errors.Problem(f"/{name}", sentence)
        for name, (value, low, high, sentence) in ranges.items()
        if value is not None and not low <= value <= high
    ]
    if policy.agreement_metric not in queries.METRICS:
        found.append(errors.Problem("/agreement_metric", f"Choose one of {', '.join(queries.METRICS)}."))
    if unknown := [kind for kind in policy.audits if kind not in audits.AUDITS]:
        found.append(errors.Problem("/audits", f"There is no audit {unknown[0]}."))
    return found

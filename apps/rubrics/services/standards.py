"""Sets the reference profiles of a workspace."""

import math
from collections.abc import Mapping

from django.db import transaction

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from domain import errors

MOST = 200


@transaction.atomic
def set_reference_profile(*, by: Actor, scenario: str, discipline: str, weights: Mapping[str, float]) -> Workspace:
    """Store what the dimensions should weigh in a cell; without weights the profile goes. The history keeps both."""
    by.require(Role.APPROVER, "set reference profiles")
    by.require_scope("rubrics:approve")
    if any(not math.isfinite(weight) or weight < 0 for weight in weights.values()):
        problem = errors.Problem("/weights", "Weights are finite and not negative.")
        raise errors.Invalid(problem.message, code="profile_invalid", problems=[problem])
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    kept = workspace.settings.get("reference_profiles", [])
    cell = {"scenario": scenario.strip(), "discipline": discipline.strip()}
    before = [one["weights"] for one in kept if {key: one[key] for key in cell} == cell]
    others = [one for one in kept if {key: one[key] for key in cell} != cell]
    if len(others) >= MOST:
        raise errors.Invalid(f"A workspace has at most {MOST} reference profiles.", code="profiles_full")
    added = [{**cell, "weights": dict(weights)}] if any(weights.values()) else []
    workspace.settings = {**workspace.settings, "reference_profiles": [*others, *added]}
    workspace.save(update_fields=["settings"])
    by.workspace.settings = workspace.settings
    detail = {**cell, "before": before[0] if before else None, "after": dict(weights)}
    history.record(by=by, workspace=workspace, action="workspace.profile_changed", target=workspace, detail=detail)
    return workspace

"""Which audits run by themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import queries, services
from apps.rubrics import queries as rubrics


@require_POST
@require_role(Role.APPROVER, "plan audits")
def plan_new(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Have an audit run after every run by the rubric."""
    version = rubrics.get_version(request.actor, slug, number)
    services.plan_audit(by=request.actor, rubric=version.rubric, kind=request.POST.get("kind", ""))
    messages.success(request, "It runs by itself from now on, after every run by this rubric.")
    return redirect("audit:version", request.actor.workspace.slug, slug, number)


@require_POST
@require_role(Role.APPROVER, "plan audits")
def plan_end(request: StudioRequest, slug: str, number: int, key: int) -> HttpResponse:
    """Let an audit run by itself no more."""
    services.end_plan(by=request.actor, plan=queries.get_plan(request.actor, key))
    messages.success(request, "It runs by itself no more. Its findings stay.")
    return redirect("audit:version", request.actor.workspace.slug, slug, number)

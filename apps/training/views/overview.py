"""Releases and training runs on one page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.training import pages, permissions, queries


@require_GET
@require_role(Role.VIEWER)
def overview(request: StudioRequest) -> HttpResponse:
    """Releases and training runs."""
    context = {
        "releases": queries.releases(request.actor)[:50],
        "alarms_n": queries.open_alarms(request.actor),
        "runs": pages.run_rows(request.actor),
        "may_release": permissions.may_release(request.actor),
        "may_train": permissions.may_train(request.actor),
    }
    return render(request, "training/overview.html", context)

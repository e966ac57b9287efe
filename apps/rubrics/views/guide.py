"""The guide to writing criteria."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from domain import writing


@require_GET
@require_role(Role.VIEWER)
def writing_guide(request: StudioRequest) -> HttpResponse:
    """What each part of a criterion is for, with examples that work and that do not."""
    context = {"parts": writing.PARTS, "may_write": request.actor.can(Role.AUTHOR)}
    return render(request, "rubrics/guide.html", context)

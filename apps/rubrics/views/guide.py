"""The guide to writing criteria."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import queries
from domain import writing


@require_GET
@require_role(Role.VIEWER)
def writing_guide(request: StudioRequest) -> HttpResponse:
    """What each part of a criterion is for, with examples that work and that do not."""
    may_write = request.actor.can(Role.AUTHOR)
    context = {
        "parts": writing.PARTS,
        "may_write": may_write,
        "tour_of": queries.last_edited_draft(request.actor) if may_write else None,
    }
    return render(request, "rubrics/guide.html", context)

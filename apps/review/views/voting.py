"""What people voted on edits and criteria, as a panel beside them; for those who decide, not for those who vote."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import queries
from apps.rubrics import queries as rubrics

WHAT = "see what people voted"


@require_GET
@require_role(Role.AUTHOR, WHAT)
def proposal_votes(request: StudioRequest, key: int) -> HttpResponse:
    """Votes on the edits of a proposal."""
    row = rubrics.get_proposal(request.actor, key)
    return render(request, "review/_votes.html", {"tallies": queries.votes_on_proposal(row), "linked": True})


@require_GET
@require_role(Role.AUTHOR, WHAT)
def version_votes(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Votes on the criteria of a version, or on the one that `criterion` names."""
    version = rubrics.get_version(request.actor, slug, number)
    only = request.GET.get("criterion", "")
    tallies = [one for one in queries.votes_on_criteria(version) if only in {"", one.name}]
    return render(request, "review/_votes.html", {"tallies": tallies, "linked": False})

"""Sliders over weights, and the answers that they rank at once."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import pages
from apps.rubrics import queries as rubric_queries


@require_GET
@require_role(Role.VIEWER)
def weights_sliders(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Sliders over criteria or groups with the ranking under the present weights."""
    version = rubric_queries.get_version(request.actor, slug, number)
    return render(request, "judging/weights_sliders.html", pages.sliders(request.actor, version, request.GET))


@require_POST
@require_role(Role.VIEWER)
def weights_rank(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The ranking under the weights that were sent; nothing is stored."""
    version = rubric_queries.get_version(request.actor, slug, number)
    return render(request, "judging/_weights_ranking.html", pages.ranking(version, request.POST))

"""What weights, versions and judges do to the scores of judged answers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import pages
from apps.rubrics import queries as rubric_queries
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def weight_moves(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """The tornado of all weights, and the scores over the weight of one criterion."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    context = pages.weights(request.actor, version, request.GET.get("criterion", ""))
    return render(request, "judging/weight_moves.html", context)


@require_GET
@require_role(Role.VIEWER)
def version_effect(request: StudioRequest, rubric: str, old: int, new: int) -> HttpResponse:
    """What one version does against another, on the pinned or the newest judged answers."""
    before, after = (rubric_queries.get_version(request.actor, rubric, number) for number in (old, new))
    try:
        context = pages.effect(before, after)
    except errors.Invalid as error:
        context = {"reason": error.message}
    return render(request, "judging/_version_effect.html", context)


@require_GET
@require_role(Role.VIEWER)
def run_compare(request: StudioRequest) -> HttpResponse:
    """Two runs, judges or versions side by side."""
    return render(request, "judging/run_compare.html", pages.run_comparison(request.actor, request.GET))

"""Which answers stay in view beside the editor of a rubric."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx, returning
from apps.judging import pages, queries, services
from apps.judging.views import trying
from apps.rubrics import queries as rubric_queries


@require_GET
@require_role(Role.VIEWER)
def pin_list(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """The pinned answers of a rubric and the answers to choose from."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    return render(request, "judging/pin_list.html", pages.pinning(request.actor, version, request.GET))


@require_GET
@require_role(Role.VIEWER)
def pin_choose(request: StudioRequest, response: int) -> HttpResponse:
    """One answer and the rubrics that it can be pinned to."""
    found = queries.get_response(request.actor, str(response))
    return render(request, "judging/pin_choose.html", pages.pin_choice(request.actor, found, request.GET))


@require_POST
@require_role(Role.AUTHOR, "pin answers")
def answer_pin(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """Keep an answer in view."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    response = queries.get_response(request.actor, request.POST.get("response", ""))
    services.pin_answer(by=request.actor, rubric=version.rubric, response=response)
    return _after(request, rubric, number)


@require_POST
@require_role(Role.AUTHOR, "pin answers")
def answer_unpin(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """Take an answer out of view."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    response = queries.get_response(request.actor, request.POST.get("response", ""))
    services.unpin_answer(by=request.actor, rubric=version.rubric, response=response)
    return _after(request, rubric, number)


def _after(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """HTMX gets the live scores again, a plain form goes back to its page."""
    if htmx.is_fragment(request):
        return trying.scores_panel(request, rubric, number)
    otherwise = reverse("judging:pins", args=[request.actor.workspace.slug, rubric, number])
    return redirect(returning.back_or(request, otherwise))

"""Asking the judge how the criteria of a version are written: how far it is, and the step itself."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import pages, services
from apps.rubrics import queries as rubric_queries


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def version_writing(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """The panel of the Quality page; a post asks. When the judge is done the remarks are told to refresh."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    if request.method == "POST":
        services.ask_about_writing(by=request.actor, version=version)
        if not htmx.is_fragment(request):
            return redirect("rubrics:quality", request.actor.workspace.slug, rubric, number)
    context = pages.writing(request.actor, version)
    answer = render(request, "judging/_version_writing.html", context)
    ended = not (context["state"] and context["state"].live)
    watched = request.method == "POST" or "watching" in request.GET
    return htmx.trigger(answer, "opinions-changed") if ended and watched else answer

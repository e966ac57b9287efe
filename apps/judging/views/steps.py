"""What the scoring steps do to judged answers: fragments of the Scoring page of a version."""

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
def steps_effect(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """Diagnostics on real groups, and scores before and after."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    context: dict[str, object] = {"version": version}
    try:
        against = request.GET.get("against", "")
        context |= pages.steps_effect(request.actor, version, against=against, suggesting=_suggesting(request))
    except errors.Invalid as error:
        context["reason"] = error.message
    return render(request, "judging/_steps_effect.html", context)


@require_GET
@require_role(Role.VIEWER)
def score_trace(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """How one judged answer came to its score."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    context: dict[str, object] = {"version": version}
    try:
        subject = request.GET.get("subject", "")
        context |= pages.score_trace(request.actor, version, subject, suggesting=_suggesting(request))
    except errors.Invalid as error:
        context["reason"] = error.message
    return render(request, "judging/_score_trace.html", context)


def _suggesting(request: StudioRequest) -> bool:
    return "suggest" in request.GET and request.actor.can(Role.ANNOTATOR)

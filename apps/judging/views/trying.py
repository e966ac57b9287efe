"""The Try tab of a rubric version, and the live scores beside the editor."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import forms, pages, queries, services
from apps.judging.models import Run
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def response_try(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """Paste or pick an answer; its verdicts stream in."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    needs = queries.needing_judge([version]) is not None
    if request.method == "POST":
        form = forms.TryForm(request.POST, actor=request.actor, needs_judge=needs)
        run = _tried(request, form, version) if form.is_valid() else None
        if run is not None:
            address = reverse("judging:try", args=[request.actor.workspace.slug, rubric, number])
            return redirect(f"{address}?run={run.pk}")
    else:
        initial = pages.try_initial(request.actor, request.GET)
        form = forms.TryForm(actor=request.actor, needs_judge=needs, initial=initial)
    context = pages.trial(request.actor, version, form, request.GET)
    if form.is_bound:
        return render(request, "judging/response_try.html", context, status=422)
    return htmx.page_or_fragment(request, "judging/response_try.html", "judging/_answer_body.html", context)


@require_GET
@require_role(Role.VIEWER)
def version_scores(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """Answers judged before, scored live with what the version says now."""
    return scores_panel(request, rubric, number)


@require_POST
@require_role(Role.AUTHOR, "start runs")
def missing_judge(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """Have the answers beside the editor judged where verdicts are missing."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    run = services.judge_missing(by=request.actor, version=version)
    if htmx.is_fragment(request):
        return scores_panel(request, rubric, number)
    return redirect("judging:detail", request.actor.workspace.slug, run.pk)


def scores_panel(request: StudioRequest, rubric: str, number: int) -> HttpResponse:
    """The panel of live scores."""
    version = rubric_queries.get_version(request.actor, rubric, number)
    context: dict[str, object] = {"version": version}
    try:
        context |= pages.live_scores(
            request.actor,
            version,
            typed=request.GET.get("typed", ""),
            suggesting="suggest" in request.GET and request.actor.can(Role.ANNOTATOR),
        )
    except errors.Invalid as error:
        context["reason"] = error.message
    return render(request, "judging/_version_scores.html", context)


def _tried(request: StudioRequest, form: forms.TryForm, version: RubricVersion) -> Run | None:
    given = form.cleaned_data
    subject = pages.picked(request.actor, given["subject"])
    shown = pages.texts_of(subject) if subject else {}
    unchanged = subject is not None and all(given[name] == shown[name] for name in ("prompt", "response", "reference"))
    try:
        return services.try_response(
            by=request.actor,
            version=version,
            judge=services.judge_for(by=request.actor, ref=given["judge"], versions=[version]),
            subject=subject if unchanged else None,
            beside=subject,
            prompt=given["prompt"],
            response=given["response"],
            reference=given["reference"],
        )
    except errors.Invalid as error:
        forms.take_problems(form, error)
        return None

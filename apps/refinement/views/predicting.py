"""What the edits of a proposal would do."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import forms, pages, services
from apps.rubrics import queries as rubrics
from domain import errors

PAGE, BODY = "refinement/effects.html", "refinement/_effects_body.html"


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def effects(request: StudioRequest, key: int) -> HttpResponse:
    """What was predicted, and the form; a post estimates what it costs, or starts it."""
    proposal = rubrics.get_proposal(request.actor, key)
    form = pages.predict_form(request.actor, request.POST if request.method == "POST" else None)
    estimate = None
    if request.method == "POST" and form.is_valid():
        try:
            given = {**form.cleaned_data, "by": request.actor, "proposal": proposal}
            given["dataset"] = datasets.get_dataset(request.actor, given["dataset"])
            given["judge"] = judging.judge_by_ref(request.actor, given["judge"])
            if "predict" in request.POST:
                services.predict_effects(**given)
                return redirect("refinement:effects", request.actor.workspace.slug, key)
            estimate = services.estimate_effects(**given)
        except errors.Invalid as error:
            forms.take_problems(form, error)
        except errors.Conflict as error:
            form.add_error(None, error.message)
    context = pages.effects_page(request.actor, proposal, form, estimate)
    if request.method == "POST":
        return render(request, PAGE, context, status=422 if form.errors else 200)
    return htmx.page_or_fragment(request, PAGE, BODY, context)


@require_GET
@require_role(Role.VIEWER)
def effects_panel(request: StudioRequest, key: int) -> HttpResponse:
    """The same in a sentence beside the proposal, with a line at each edit."""
    proposal = rubrics.get_proposal(request.actor, key)
    return render(request, "refinement/_effects_panel.html", pages.effects_panel(request.actor, proposal))

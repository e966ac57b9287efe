"""The quality gate of a version."""

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


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def gate(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """What each criterion does on labelled pairs, and the form to measure again; a post starts it."""
    version = rubrics.get_version(request.actor, slug, number)
    form = pages.measure_form(request.actor, version, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.start_measuring(
                by=request.actor, version=version, dataset=datasets.get_dataset(request.actor, given["dataset"]),
                judge=judging.judge_by_ref(request.actor, given["judge"]),
            )  # fmt: skip
            return redirect("refinement:gate", request.actor.workspace.slug, slug, number)
        except errors.Invalid as error:
            forms.take_problems(form, error)
    context = pages.gate_page(request.actor, version, form, request.GET.get("report", ""))
    if form.errors:
        return render(request, "refinement/gate.html", context, status=422)
    return htmx.page_or_fragment(request, "refinement/gate.html", "refinement/_gate_body.html", context)


@require_GET
@require_role(Role.VIEWER)
def gate_panel(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The same in a few figures, beside the remarks on how the version is written."""
    version = rubrics.get_version(request.actor, slug, number)
    return render(request, "refinement/_gate_panel.html", pages.gate_panel(request.actor, version))

"""A judge asked with the rubric and without."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import forms, pages, services
from apps.rubrics import queries as rubrics
from domain import errors

PAGE, BODY = "refinement/margins.html", "refinement/_margins_body.html"


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def margins(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """What the rubric does to the judge's margins, and the form; a post estimates what it costs, or starts it."""
    version = rubrics.get_version(request.actor, slug, number)
    form = pages.margin_form(request.actor, request.POST if request.method == "POST" else None)
    cost = None
    if request.method == "POST" and form.is_valid():
        try:
            given = {**form.cleaned_data, "by": request.actor, "version": version}
            given["dataset"] = datasets.get_dataset(request.actor, given["dataset"])
            given["judge"] = judging.judge_by_ref(request.actor, given["judge"])
            if "ask" in request.POST:
                services.measure_margins(**given)
                return redirect("refinement:margins", request.actor.workspace.slug, slug, number)
            cost = services.estimate_margins(**given)
        except errors.Invalid as error:
            forms.take_problems(form, error)
    context = pages.margins_page(request.actor, version, form) | {"cost": cost}
    if request.method == "POST":
        return render(request, PAGE, context, status=422 if form.errors else 200)
    return htmx.page_or_fragment(request, PAGE, BODY, context)

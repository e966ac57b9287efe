"""Edits that a model makes of answers, looked at before they are used."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import forms, pages, queries, services
from apps.rubrics import queries as rubrics
from domain import errors

WHAT = "have answers edited"
PAGE, BODY = "refinement/edit_set.html", "refinement/_edit_set_body.html"


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, WHAT)
def edits(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The form, and what was made before; a post estimates what edits cost, or starts them."""
    version = rubrics.get_version(request.actor, slug, number)
    form = pages.edits_form(request.actor, request.POST if request.method == "POST" else None)
    cost = None
    if request.method == "POST" and form.is_valid():
        try:
            given = {**form.cleaned_data, "by": request.actor, "version": version}
            given["dataset"] = datasets.get_dataset(request.actor, given["dataset"])
            given["writer"] = judging.judge_by_ref(request.actor, given["writer"])
            if "write" in request.POST:
                made = services.write_edits(**given)
                return redirect("refinement:edit-set", request.actor.workspace.slug, made.pk)
            cost = services.estimate_edits(**given)
        except errors.Invalid as error:
            forms.take_problems(form, error)
    context = pages.edits_page(request.actor, version, form) | {"cost": cost}
    return render(request, "refinement/edits.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, WHAT)
def edit_set(request: StudioRequest, key: int) -> HttpResponse:
    """Every edit beside its answer; a post stores those that are kept as a data set."""
    made = queries.get_set(request.actor, key)
    form = forms.KeepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = [int(one) for one in request.POST.getlist("keep") if one.isascii() and one.isdigit() and len(one) < 9]
        try:
            stored = services.store_edits(by=request.actor, made=made, slug=form.cleaned_data["slug"], positions=kept)
        except (errors.Invalid, errors.Conflict) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{len(kept)} edits are stored as {stored.title}. Run the rubric over it next.")
            return redirect("refinement:edit-set", request.actor.workspace.slug, key)
    context = pages.edit_set_page(request.actor, made, form)
    if request.method == "POST":
        return render(request, PAGE, context, status=422)
    return htmx.page_or_fragment(request, PAGE, BODY, context)

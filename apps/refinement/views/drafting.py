"""Criteria drafted and refined by a method."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import queries as datasets
from apps.refinement import forms, pages, queries, services
from apps.rubrics import queries as rubrics
from domain import errors

WHAT = "have criteria drafted"


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, WHAT)
def draft(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The methods, the form of one, and the drafts that there are; a post estimates or starts one."""
    version = rubrics.get_version(request.actor, slug, number)
    chosen = request.GET.get("method", "")
    form, foreseen = None, None
    if chosen:
        given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = pages.draft_form(request.actor, pages.method_of(chosen), *given, dataset=request.GET.get("dataset"))
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            wanted = pages.wanted_of(request.actor, version, form)
            if request.POST.get("do") != "estimate":
                made = services.start_draft(by=request.actor, wanted=wanted)
                return redirect("refinement:draft-detail", request.actor.workspace.slug, made.pk)
            foreseen = services.estimate_draft(by=request.actor, wanted=wanted)
        except errors.Invalid as error:
            forms.take_problems(form, error)
        except errors.Conflict as error:
            form.add_error(None, error.message)
    context = pages.draft_page(request.actor, version, form, foreseen)
    context["from_dataset"] = request.GET.get("dataset", "")
    return render(request, "refinement/draft.html", context, status=422 if form and form.errors else 200)


@require_GET
@require_role(Role.AUTHOR, WHAT)
def draft_from(request: StudioRequest, slug: str) -> HttpResponse:
    """For which rubric criteria are to be drafted from a data set."""
    context = pages.draft_from(request.actor, datasets.get_dataset(request.actor, slug))
    return render(request, "refinement/draft_from.html", context)


@require_GET
@require_role(Role.AUTHOR, WHAT)
def draft_detail(request: StudioRequest, key: int) -> HttpResponse:
    """How far a draft is, what was written, how it did, and where the proposal is."""
    context = pages.draft_detail(request.actor, queries.get_draft(request.actor, key))
    return htmx.page_or_fragment(request, "refinement/draft_detail.html", "refinement/_draft_body.html", context)


@require_POST
@require_role(Role.AUTHOR, "answer what a draft asks")
def draft_answer(request: StudioRequest, key: int) -> HttpResponse:
    """Answer a question of a draft."""
    found = queries.get_draft(request.actor, key)
    form = forms.AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_question(by=request.actor, draft=found, **form.cleaned_data)
            return redirect("refinement:draft-detail", request.actor.workspace.slug, found.pk)
        except errors.Invalid as error:
            forms.take_problems(form, error)
        except errors.Conflict as error:
            form.add_error(None, error.message)
    context = pages.draft_detail(request.actor, found, form)
    return render(request, "refinement/draft_detail.html", context, status=422)

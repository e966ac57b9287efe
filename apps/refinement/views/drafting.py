"""Criteria drafted from preference pairs."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import forms, pages, queries, services
from apps.rubrics import queries as rubrics
from domain import errors

WHAT = "have criteria drafted"


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, WHAT)
def draft(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The form, and the drafts that there are; a post starts one."""
    version = rubrics.get_version(request.actor, slug, number)
    form = pages.draft_form(request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.start_draft(
                by=request.actor, version=version,
                dataset=datasets.get_dataset(request.actor, form.cleaned_data["dataset"]),
                judge=judging.judge_by_ref(request.actor, form.cleaned_data["judge"]), **form.given,
            )  # fmt: skip
            return redirect("refinement:draft-detail", request.actor.workspace.slug, made.pk)
        except errors.Invalid as error:
            forms.take_problems(form, error)
        except errors.Conflict as error:
            form.add_error(None, error.message)
    context = pages.draft_page(request.actor, version, form)
    return render(request, "refinement/draft.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.AUTHOR, WHAT)
def draft_detail(request: StudioRequest, key: int) -> HttpResponse:
    """How far a draft is, what was written, how it did, and where the proposal is."""
    context = pages.draft_detail(request.actor, queries.get_draft(request.actor, key))
    return htmx.page_or_fragment(request, "refinement/draft_detail.html", "refinement/_draft_body.html", context)

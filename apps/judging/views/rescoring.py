"""A run scored again from its stored verdicts: the choice, and what it changed."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import forms, pages, queries, services
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "score runs again")
def run_rescore(request: StudioRequest, run: UUID) -> HttpResponse:
    """Choose a version, a profile and calibrations, and have the run scored again."""
    found = queries.get_run(request.actor, run)
    form = forms.RescoreForm(request.POST or None, choices=queries.rescore_choices(found))
    if request.method == "POST" and form.is_valid():
        try:
            job = services.start_rescore(by=request.actor, run=found, **form.chosen())
            return redirect("judging:rescored", request.actor.workspace.slug, found.pk, job.pk)
        except (errors.Invalid, errors.Conflict) as refusal:
            form.add_error(None, refusal.message)
    context = pages.rescore(request.actor, found, form)
    return render(request, "judging/run_rescore.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.VIEWER)
def run_rescored(request: StudioRequest, run: UUID, job: UUID) -> HttpResponse:
    """What scoring a run again changed."""
    found = queries.get_run(request.actor, run)
    context = pages.rescored(request.actor, found, queries.get_rescoring(request.actor, found, job))
    return htmx.page_or_fragment(request, "judging/run_rescored.html", "judging/_run_rescored.html", context)

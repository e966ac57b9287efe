"""Judges side by side on a labelled sample."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import forms, pages, queries, services
from apps.judging.models import Run
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def judge_compare(request: StudioRequest) -> HttpResponse:
    """What was compared before, and the form for another comparison; starts it."""
    if request.method == "POST":
        form = forms.BakeoffForm(request.POST, actor=request.actor)
        run = _started(request, form) if form.is_valid() else None
        if run is not None:
            return redirect("judges:bakeoff", request.actor.workspace.slug, run.pk)
    else:
        form = forms.BakeoffForm(actor=request.actor, initial=pages.bakeoff_initial(request.GET))
    context = pages.bakeoff_form(request.actor, form)
    return render(request, "judging/judge_compare.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.VIEWER)
def bakeoff_detail(request: StudioRequest, run: UUID) -> HttpResponse:
    """The judges of one comparison, their figures, and which to take."""
    context = pages.bakeoff(request.actor, queries.get_bakeoff(request.actor, run))
    return htmx.page_or_fragment(request, "judging/bakeoff_detail.html", "judging/_bakeoff_body.html", context)


def _started(request: StudioRequest, form: forms.BakeoffForm) -> Run | None:
    try:
        return services.start_bakeoff(by=request.actor, **form.selection())
    except errors.Invalid as error:
        forms.take_problems(form, error)
        return None

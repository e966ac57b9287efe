"""Answers ranked by comparisons, and scores smoothed over near-identical answers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import forms, pages, queries


@require_GET
@require_role(Role.VIEWER)
def run_ranking(request: StudioRequest, run: UUID) -> HttpResponse:
    """The answers to each prompt by how they fared in the comparisons of a run."""
    found = queries.get_run(request.actor, run)
    form = forms.RankingForm.asked(request.GET)
    context = pages.run_ranking(request.actor, found, form, _after(request))
    return render(request, "judging/run_ranking.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.VIEWER)
def run_smoothed(request: StudioRequest, run: UUID) -> HttpResponse:
    """The scores of a run smoothed over near-identical answers."""
    found = queries.get_run(request.actor, run)
    form = forms.SmoothingForm.asked(request.GET)
    context = pages.run_smoothed(request.actor, found, form, _after(request))
    return render(request, "judging/run_smoothed.html", context, status=422 if form.errors else 200)


def _after(request: StudioRequest) -> int:
    """The prompt that the page before ended with; the beginning where it makes no sense."""
    said = request.GET.get("after", "")
    return int(said) if said.isdecimal() and len(said) < 16 else 0

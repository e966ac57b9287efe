"""Calibration of a judge version: how well it fits what is known, and the curves that were frozen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import pages, queries, services
from apps.rubrics import queries as rubric_queries
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def judge_calibration(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """Reliability before and after on what is known; fits and freezes curves."""
    judge = queries.get_judge_version(request.actor, name, number)
    if request.method == "GET":
        return render(request, "judging/calibration.html", pages.calibration(request.actor, judge, request.GET))
    slug, _, version = request.POST.get("rubric", "").partition("@")
    found = rubric_queries.get_version(request.actor, slug, int(version) if version.isdecimal() else 0)
    method = request.POST.get("method", "")
    try:
        made = services.calibrate(by=request.actor, judge=judge, version=found, method=method)
        curves = len(made.payload["curves"])
        messages.success(request, f"{curves} curves are frozen. They are used where somebody names them.")
    except errors.Invalid as error:
        messages.error(request, error.message)
    address = reverse("judges:calibration", args=[request.actor.workspace.slug, name, number])
    return redirect(f"{address}?rubric={found}&method={method}")

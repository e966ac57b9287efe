"""Make probes of a data set: choose, look at those of the first prompt, store them as a data set of their own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import forms, pages, services
from domain import errors, probes

REFUSALS = (errors.Invalid, errors.Conflict, errors.NotFound)


@require_role(Role.AUTHOR, "make probes")
@require_http_methods(["GET", "POST"])
def probe_new(request: StudioRequest) -> HttpResponse:
    """The form; stores the probes and leads to their data set."""
    actor = request.actor
    form = forms.ProbeForm(actor, request.POST or None)
    if request.method == "POST":
        try:
            if form.is_valid():
                done = services.make_probes(by=actor, slug=form.slug(), **form.wish())
                messages.success(request, "The probes are here. Look at them before a judge does.")
                return redirect("datasets:detail", actor.workspace.slug, done.dataset.slug)
        except REFUSALS as error:
            form.take(error)
    context: dict[str, Any] = {
        "form": form, "crumbs": pages.crumbs(actor, "Make probes", middle=("New audit", "audit:choose")),
        "attacks": len(probes.suite()),
    }  # fmt: skip
    return render(request, "audit/probe_new.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.AUTHOR, "make probes")
def probe_preview(request: StudioRequest) -> HttpResponse:
    """How many there would be, and those of the first prompt."""
    form = forms.ProbeForm(request.actor, request.POST)
    context: dict[str, Any] = {}
    try:
        if form.is_valid():
            context["count"], context["shown"] = services.preview_probes(by=request.actor, **form.wish())
    except REFUSALS as error:
        context["reason"] = error.message
    return render(request, "audit/_probes.html", context)

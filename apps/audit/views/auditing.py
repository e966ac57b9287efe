"""Run audits: choose one, say on what, see what it will read; all at once; once more."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import forms, pages, queries, services
from domain import audits, errors

REFUSALS = (errors.Invalid, errors.Conflict, errors.NotFound)


@require_GET
@require_role(Role.AUTHOR, "run audits")
def choose(request: StudioRequest) -> HttpResponse:
    """The audits that there are."""
    context = {
        "audits": list(audits.AUDITS.values()), "needs": audits.NEEDS, "first": request.GET.get("first", ""),
        "crumbs": pages.crumbs(request.actor, "New audit"),
    }  # fmt: skip
    return render(request, "audit/choose.html", context)


@require_role(Role.AUTHOR, "run audits")
@require_http_methods(["GET", "POST"])
def audit_new(request: StudioRequest, kind: str) -> HttpResponse:
    """The form for an audit of one kind; runs it."""
    actor, entry = request.actor, pages.known_entry(kind)
    form = forms.AuditForm(actor, entry, request.POST or None, initial=_initial(request))
    if request.method == "POST":
        try:
            if form.is_valid():
                audit = services.run_audit(by=actor, **form.wish())
                return redirect("audit:detail", actor.workspace.slug, audit.pk)
        except REFUSALS as error:
            form.take(error)
    context: dict[str, Any] = {"form": form, "entry": entry, "needs": audits.NEEDS}
    context["crumbs"] = pages.crumbs(actor, entry.title, middle=("New audit", "audit:choose"))
    return render(request, "audit/audit_new.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.AUTHOR, "run audits")
def audit_preview(request: StudioRequest, kind: str) -> HttpResponse:
    """What the audit in the form would read, and whether that suffices."""
    form = forms.AuditForm(request.actor, pages.known_entry(kind), request.POST)
    context: dict[str, Any] = {}
    try:
        if form.is_valid():
            context["plan"] = queries.plan_of(request.actor, kind, form.wish()["inputs"], at_once=services.AT_ONCE)
    except REFUSALS as error:
        context["reason"] = error.message
    return render(request, "audit/_preview.html", context)


@require_POST
@require_role(Role.AUTHOR, "run audits")
def audit_all(request: StudioRequest) -> HttpResponse:
    """Have a worker run every audit that one source allows."""
    actor = request.actor
    run, _, rest = request.POST.get("source", "").partition("|")
    judge, _, rubric = rest.partition("|")
    given = {"run": run, "judge": judge or None, "rubric": rubric or None}
    services.run_all(by=actor, inputs={"scores": [given]})
    messages.success(request, "A worker runs every audit that these scores allow. The findings appear on this card.")
    return redirect(pages.back_to(actor, request.POST.get("card", "")))


@require_POST
@require_role(Role.AUTHOR, "run audits")
def audit_again(request: StudioRequest, key: str) -> HttpResponse:
    """Run an audit once more, and say whether it agrees."""
    audit = services.run_again(by=request.actor, audit=queries.get_audit(request.actor, key))
    return redirect("audit:detail", request.actor.workspace.slug, audit.pk)


def _initial(request: StudioRequest) -> dict[str, Any]:
    """The form as an address asks for it: like an earlier audit, or on one source."""
    if like := request.GET.get("like"):
        return forms.initial_of(queries.get_audit(request.actor, like))
    return {"first": request.GET.get("first", "")}

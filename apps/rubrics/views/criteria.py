"""Criteria of a draft: add, edit with autosave, weigh, move, order, delete."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import Criterion, RubricVersion
from apps.rubrics.views import clashes, ways
from domain import errors

PAGE = "rubrics/version_edit.html"
may_edit = require_role(Role.AUTHOR, "edit rubrics")


@require_POST
@ways.may_edit
def criterion_add(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Add what was typed, one criterion a line."""
    now = ways.way(request, slug, number)
    form = forms.AddForm(request.POST, groups=now.groups)
    if form.is_valid():
        try:
            services.add_criteria(by=request.actor, version=now.version, criteria=form.criteria(), **now.keep)
        except errors.Invalid as error:
            form.refuse(error)
        else:
            return redirect(now.address("edit") + ("&" if now.mode else "?") + "added=1")
    shown = pages.editor(request.actor, now.version, suggesting=now.suggesting, add_form=form)
    return render(request, PAGE, shown, status=422)


@require_http_methods(["GET", "POST"])
@may_edit
def criterion_edit(request: StudioRequest, slug: str, number: int, criterion: int) -> HttpResponse:
    """The open row of a criterion; autosave posts here too."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_criterion(version, criterion)
    form = _form(request, version, row)
    if request.method == "GET":
        return _opened(request, version, row, form)
    if form.is_valid():
        try:
            return _stored(request, version, row, form)
        except errors.Invalid as error:
            form.refuse(error)
        except services.Clash as clash:
            return clashes.question(request, version, clash, pages.address("edit", version))
    return _opened(request, version, row, form, status=422)


@require_POST
@may_edit
def criterion_move(request: StudioRequest, slug: str, number: int, criterion: int) -> HttpResponse:
    """Move a criterion one place up or down; the focus stays on it."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_criterion(version, criterion)
    way = "up" if request.POST.get("move") == "up" else "down"
    services.move_criterion(
        by=request.actor,
        version=version,
        criterion_id=row.criterion_id,
        direction="up" if way == "up" else "down",
    )
    return redirect(f"{pages.address('edit', version)}?moved={row.pk}&way={way}")


@require_POST
@ways.may_edit
def criteria_order(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Store the order of a group after a drag."""
    now = ways.way(request, slug, number)
    services.order_criteria(
        by=request.actor,
        version=now.version,
        group=request.POST.get("group") or None,
        order=request.POST.getlist("order"),
        **now.moving(request.POST.get("moved", "")),
    )
    return htmx.trigger(HttpResponse(status=204), "criteria-moved")


@require_POST
@may_edit
def criterion_delete(request: StudioRequest, slug: str, number: int, criterion: int) -> HttpResponse:
    """Take a criterion out; undo brings it back."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_criterion(version, criterion)
    services.delete_criterion(by=request.actor, version=version, criterion_id=row.criterion_id)
    return redirect(pages.address("edit", version))


def _form(request: StudioRequest, version: RubricVersion, row: Criterion) -> forms.CriterionForm:
    said = queries.criterion_part(row)
    choices = pages.group_choices(queries.draft_frame(version))
    data = request.POST if request.method == "POST" else None
    return forms.CriterionForm(data, prefix=f"c{row.pk}", criterion=said, groups=choices)


def _opened(
    request: StudioRequest, version: RubricVersion, row: Criterion, form: forms.CriterionForm, status: int = 200
) -> HttpResponse:
    if not version.is_draft:
        return redirect(pages.address("edit", version))
    seen = request.POST.get("revision") or queries.fingerprint(form.criterion)
    base = request.POST.get("base") or clashes.as_base(form.criterion)
    opened = {
        "key": row.pk,
        "form": form,
        "seen": seen,
        "base": base,
        "tags": queries.tag_suggestions(version),
        "reading": pages.reading_of(str(form["text"].value() or ""), version.language),
    }
    if htmx.is_fragment(request):
        context: dict[str, Any] = {"version": version, "opened": opened}
    else:
        context = pages.editor(request.actor, version, opened=opened)
    return htmx.page_or_fragment(request, PAGE, "rubrics/_criterion_edit.html", context, status=status)


def _stored(request: StudioRequest, version: RubricVersion, row: Criterion, form: forms.CriterionForm) -> HttpResponse:
    autosave = "X-Autosave" in request.headers
    stored = services.edit_criterion(
        by=request.actor,
        version=version,
        criterion_id=row.criterion_id,
        changes=form.changes(),
        seen=clashes.seen_by(request),
        burst=autosave,
    )
    if not autosave:
        return redirect(f"{pages.address('edit', version)}#criterion-row-{row.pk}")
    said = queries.criterion_part(queries.get_criterion(stored, row.pk))
    joined = request.POST.get("revision") != queries.fingerprint(form.criterion)
    answer = JsonResponse({"base": clashes.as_base(said), "joined": joined, "filled": form.filled})
    answer["X-Revision"] = queries.fingerprint(said)
    return answer

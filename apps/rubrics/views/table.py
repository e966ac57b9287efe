"""The table of criteria as a spreadsheet: one cell, a new row, several rows at once, groups in and out."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.views import clashes
from domain import errors, pasting, rubric

TABLE = "rubrics/_criteria_table.html"
MOST_ROWS = 200
may_edit = require_role(Role.AUTHOR, "edit rubrics")


@require_http_methods(["GET", "POST"])
@may_edit
def criterion_cell(request: StudioRequest, slug: str, number: int, criterion: int) -> HttpResponse:
    """Show the row of a criterion, or store cells of it; the fields that were sent are the ones that change."""
    version = queries.get_version(request.actor, slug, number)
    row = queries.get_criterion(version, criterion)
    if request.method == "GET":
        return HttpResponse(pages.table_row(request.actor, version, row.criterion_id))
    present = queries.criterion_part(row)
    form = forms.CellForm(request.POST, groups=pages.group_choices(queries.draft_frame(version)))
    if not form.is_valid() or not form.fields:
        raise forms.refused(form)
    autosave = "X-Autosave" in request.headers
    changes = form.changes(present)
    try:
        services.edit_criterion(
            by=request.actor,
            version=version,
            criterion_id=row.criterion_id,
            changes=changes,
            seen=clashes.seen_by(request, shown_before(request, form, present)),
            burst=autosave,
        )
    except services.Clash as clash:
        return clashes.question(request, version, clash, pages.address("edit", version))
    if not autosave:
        return redirect(f"{pages.address('edit', version)}#criterion-row-{row.pk}")
    answer = HttpResponse(status=204)
    stored = queries.get_criterion(version, criterion)
    answer["X-Revision"] = queries.fingerprint(queries.criterion_part(stored))
    return answer


def shown_before(request: StudioRequest, form: forms.CellForm, present: dict[str, Any]) -> dict[str, Any] | None:
    """What the cells said before somebody typed in them, where the page tells."""
    before = {name: request.POST[f"was-{name}"] for name in form.fields if f"was-{name}" in request.POST}
    was = forms.CellForm(before, groups=[(name, name) for name in filter(None, [before.get("group")])])
    if len(before) < len(form.fields) or not was.is_valid():
        return None
    if "kind" in before and before["kind"] != present["kind"]:
        return None
    return {**present, **was.changes(present)}


@require_POST
@may_edit
def criterion_insert(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Add a criterion below another one and show its row."""
    version = queries.get_version(request.actor, slug, number)
    text = request.POST.get("text", "").strip()
    group = request.POST.get("group") or None
    before = set(version.criteria.values_list("criterion_id", flat=True))
    services.insert_criterion(
        by=request.actor,
        version=version,
        after=request.POST.get("after") or None,
        values={"text": text, "group": group},
    )
    if not htmx.is_fragment(request):
        return redirect(pages.address("edit", version))
    version = queries.get_version(request.actor, slug, number)
    made = next(row.criterion_id for row in version.criteria.all() if row.criterion_id not in before)
    return HttpResponse(pages.table_row(request.actor, version, made))


@require_POST
@may_edit
def criteria_bulk(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Do one thing to all selected criteria, or to a group, as one step."""
    version = queries.get_version(request.actor, slug, number)
    chosen = list(dict.fromkeys(request.POST.getlist("criteria")))
    verb = request.POST.get("do", "")
    if group := request.POST.get("of_group"):
        _group(request, version, group, verb)
    elif not chosen:
        raise errors.Invalid("Select at least one criterion first.", code="nothing_selected")
    elif verb in _VERBS:
        _VERBS[verb](request, version, chosen)
    else:
        _change(request, version, chosen)
    if not htmx.is_fragment(request):
        return redirect(pages.address("edit", version))
    version = queries.get_version(request.actor, slug, number)
    narrowed = pages.narrowing(request.GET)
    shown = pages.editor(request.actor, version, around=chosen[0] if chosen else "", narrowed=narrowed)
    return htmx.trigger(render(request, TABLE, shown), "rubric-changed")


@require_GET
@require_role(Role.VIEWER)
def criteria_rows(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Rows of a long table that the page did not draw at first, by their numbers."""
    version = queries.get_version(request.actor, slug, number)
    first = forms.whole(request.GET.get("from", "")) or 1
    last = forms.whole(request.GET.get("to", "")) or first
    narrowed = pages.narrowing(request.GET)
    wanted = range(first, last + 1 if narrowed else min(last, first + MOST_ROWS) + 1)
    return HttpResponse(pages.table_rows(request.actor, version, wanted, narrowed))


@require_POST
@may_edit
def criteria_paste(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Show what was understood of a pasted text; with `store` the criteria are added."""
    version = queries.get_version(request.actor, slug, number)
    text = request.POST.get("texts", "")
    read = pasting.read(text)
    if "store" in request.POST and read.criteria:
        services.add_pasted(by=request.actor, version=version, criteria=read.criteria)
        messages.success(request, f"Added {len(read.criteria)} criteria. Undo takes all of them back.")
        return redirect(f"{pages.address('edit', version)}?pasted=1")
    context = {**pages.frame(request.actor, version, "edit"), "read": read, "text": text}
    return render(request, "rubrics/criteria_paste.html", context, status=200 if read.criteria else 422)


@require_POST
@may_edit
def version_weighting(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Turn to weights, points or tiers, or scale the points to sum to ten."""
    version = queries.get_version(request.actor, slug, number)
    if "normalise" in request.POST:
        _, sentence = services.normalise_points(by=request.actor, version=version)
    else:
        tiers = {name: pasting.number_of(request.POST[name]) for name in rubric.TIER_WEIGHTS if name in request.POST}
        if None in tiers.values():
            raise errors.Invalid("The weight of a tier is a number from 0 upwards.", code="tier_weights_invalid")
        given = {name: value for name, value in tiers.items() if value is not None}
        mode = request.POST.get("mode", "")
        _, sentence = services.weigh_by(by=request.actor, version=version, mode=mode, tier_weights=given)
    messages.success(request, sentence)
    return redirect(pages.address("edit", version))


def _group(request: StudioRequest, version: RubricVersion, group: str, verb: str) -> None:
    if verb in {"nest", "unnest"}:
        way = "in" if verb == "nest" else "out"
        services.nest_group(by=request.actor, version=version, group_id=group, way=way)
    elif verb in {"up", "down"}:
        services.move_group(by=request.actor, version=version, group_id=group, direction=verb)
    elif verb == "delete":
        services.delete_group(by=request.actor, version=version, group_id=group)
    else:
        raise errors.Invalid("A group can be moved, nested and dissolved here.", code="verb_unknown")


def _move(request: StudioRequest, version: RubricVersion, chosen: Sequence[str]) -> None:
    way = "up" if request.POST["do"] == "up" else "down"
    services.move_criteria(by=request.actor, version=version, ids=chosen, direction="up" if way == "up" else "down")


def _change(request: StudioRequest, version: RubricVersion, chosen: Sequence[str]) -> None:
    form = forms.BulkForm(request.POST, groups=pages.group_choices(queries.draft_frame(version)))
    if not form.is_valid():
        raise forms.refused(form)
    said = form.cleaned_data
    services.change_together(
        by=request.actor,
        version=version,
        ids=chosen,
        changes=form.changes(),
        factor=said["factor"],
        group=said["to_group"],
        new_group=said["new_group"].strip(),
    )


Verb = Callable[[StudioRequest, RubricVersion, Sequence[str]], object]
_VERBS: dict[str, Verb] = {
    "up": _move,
    "down": _move,
    "nest": lambda request, version, ids: services.nest_criteria(by=request.actor, version=version, ids=ids),
    "unnest": lambda request, version, ids: services.unnest_criteria(by=request.actor, version=version, ids=ids),
    "delete": lambda request, version, ids: services.delete_criteria(by=request.actor, version=version, ids=ids),
    "duplicate": lambda request, version, ids: services.duplicate_criteria(by=request.actor, version=version, ids=ids),
}

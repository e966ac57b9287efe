"""The table of criteria as a spreadsheet: one cell, a new row, several rows at once, groups in and out."""

import functools
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
from apps.rubrics.views.ways import Way, may_edit, way
from domain import errors, pasting, rubric

TABLE = "rubrics/_criteria_table.html"
MOST_ROWS = 200
drafts_only = require_role(Role.AUTHOR, "edit rubrics")


@require_http_methods(["GET", "POST"])
@drafts_only
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
    now = way(request, slug, number)
    text = request.POST.get("text", "").strip()
    before = {item["id"] for item in now.document["criteria"]}
    services.insert_criterion(
        by=request.actor,
        version=now.version,
        after=request.POST.get("after") or None,
        values={"text": text, "group": request.POST.get("group") or None},
        **now.keep,
    )
    if not htmx.is_fragment(request):
        return redirect(now.address("edit"))
    then = way(request, slug, number)
    made = next(item["id"] for item in then.document["criteria"] if item["id"] not in before)
    if then.suggesting:
        return HttpResponse(pages.suggested_row(then.suggesting, made))
    return HttpResponse(pages.table_row(request.actor, then.version, made))


@require_POST
@may_edit
def criteria_bulk(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Do one thing to all selected criteria, or to a group, as one step."""
    now = way(request, slug, number)
    chosen = list(dict.fromkeys(request.POST.getlist("criteria")))
    verb = request.POST.get("do", "")
    if group := request.POST.get("of_group"):
        _group(request, now, group, verb)
    elif not chosen:
        raise errors.Invalid("Select at least one criterion first.", code="nothing_selected")
    elif verb in _VERBS:
        _VERBS[verb](by=request.actor, version=now.version, ids=chosen, **now.moving(*chosen))
    else:
        _change(request, now, chosen)
    if not htmx.is_fragment(request):
        return redirect(now.address("edit"))
    then = way(request, slug, number)
    narrowed = pages.narrowing(request.GET)
    around = chosen[0] if chosen else ""
    shown = pages.editor(request.actor, then.version, suggesting=then.suggesting, around=around, narrowed=narrowed)
    return htmx.trigger(render(request, TABLE, shown), "rubric-changed")


@require_GET
@require_role(Role.VIEWER)
def criteria_rows(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Rows of a long table that the page did not draw at first, by their numbers."""
    if "suggest" in request.GET:
        request.actor.require(Role.ANNOTATOR, "suggest edits")
    now = way(request, slug, number)
    first = forms.whole(request.GET.get("from", "")) or 1
    last = forms.whole(request.GET.get("to", "")) or first
    narrowed = pages.narrowing(request.GET)
    wanted = range(first, last + 1 if narrowed else min(last, first + MOST_ROWS) + 1)
    drawn = pages.table_rows(request.actor, now.version, wanted, narrowed, suggesting=now.suggesting)
    return HttpResponse(drawn)


@require_POST
@may_edit
def criteria_paste(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Show what was understood of a pasted text; with `store` the criteria are added."""
    now = way(request, slug, number)
    text = request.POST.get("texts", "")
    read = pasting.read(text)
    if "store" in request.POST and read.criteria:
        services.add_pasted(by=request.actor, version=now.version, criteria=read.criteria, **now.keep)
        said = "Suggested" if now.suggesting else "Added"
        messages.success(request, f"{said} {len(read.criteria)} criteria. Undo takes all of them back.")
        return redirect(now.address("edit") + ("&" if now.mode else "?") + "pasted=1")
    context = {**pages.frame(request.actor, now.version, "edit"), "read": read, "text": text, "mode": now.mode}
    return render(request, "rubrics/criteria_paste.html", context, status=200 if read.criteria else 422)


@require_POST
@drafts_only
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


def _group(request: StudioRequest, now: Way, group: str, verb: str) -> None:
    given: dict[str, Any] = {"by": request.actor, "version": now.version, "group_id": group, **now.moving(group)}
    if verb in {"nest", "unnest"}:
        services.nest_group(way="in" if verb == "nest" else "out", **given)
    elif verb in {"up", "down"}:
        services.move_group(direction=verb, **given)
    elif verb == "delete":
        services.delete_group(**given)
    else:
        raise errors.Invalid("A group can be moved, nested and dissolved here.", code="verb_unknown")


def _change(request: StudioRequest, now: Way, chosen: Sequence[str]) -> None:
    form = forms.BulkForm(request.POST, groups=now.groups)
    if not form.is_valid():
        raise forms.refused(form)
    said = form.cleaned_data
    services.change_together(
        by=request.actor,
        version=now.version,
        ids=chosen,
        changes=form.changes(),
        factor=said["factor"],
        group=said["to_group"],
        new_group=said["new_group"].strip(),
        **(now.moving(*chosen) if said["to_group"] or said["new_group"] else now.keep),
    )


_VERBS: dict[str, Callable[..., RubricVersion]] = {
    "up": functools.partial(services.move_criteria, direction="up"),
    "down": functools.partial(services.move_criteria, direction="down"),
    "nest": services.nest_criteria,
    "unnest": services.unnest_criteria,
    "delete": services.delete_criteria,
    "duplicate": services.duplicate_criteria,
}

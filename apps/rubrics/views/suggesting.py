"""The table while somebody is suggesting: the same cells, rows and form, but their suggestion keeps what they say."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx, returning
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.views import clashes, groups, ways
from apps.rubrics.views.table import TABLE, shown_before
from domain import errors

PAGE = "rubrics/version_edit.html"
may_suggest = require_role(Role.ANNOTATOR, "suggest edits")


@require_http_methods(["GET", "POST"])
@may_suggest
def suggest_cell(request: StudioRequest, slug: str, number: int, row: str) -> HttpResponse:
    """Show the row of a criterion as suggested, or suggest other cells of it."""
    now = _now(request, slug, number)
    name = now.named(row)
    if request.method == "GET":
        return HttpResponse(pages.suggested_row(now, name))
    present = now.part(name)
    form = forms.CellForm(request.POST, groups=pages.group_choices(now.wanted))
    if not form.is_valid() or not form.fields:
        raise forms.refused(form)
    seen = clashes.seen_by(request, shown_before(request, form, present))
    if other := _keep(request, now, name, form.changes(present), seen):
        return other
    answer = HttpResponse(status=204)
    answer["X-Revision"] = queries.fingerprint(_now(request, slug, number).part(name))
    return answer


@require_http_methods(["GET", "POST"])
@may_suggest
def suggest_row(request: StudioRequest, slug: str, number: int, row: str) -> HttpResponse:
    """All fields of a criterion as suggested; autosave posts here too."""
    now = _now(request, slug, number)
    name = now.named(row)
    data = request.POST if request.method == "POST" else None
    groups = pages.group_choices(now.wanted)
    form = forms.CriterionForm(data, prefix=f"c{row}", criterion=now.part(name), groups=groups)
    if request.method == "GET":
        return _opened(request, now, name, form)
    if form.is_valid():
        try:
            answer = _keep(request, now, name, form.changes(), clashes.seen_by(request))
        except errors.Invalid as error:
            form.refuse(error)
        else:
            return answer or _stored(request, now, name, form)
    return _opened(request, now, name, form, status=422)


@require_POST
@may_suggest
def suggest_group(request: StudioRequest, slug: str, number: int, row: str) -> HttpResponse:
    """Suggest another title or weight of a group, as typed in its row."""
    now = _now(request, slug, number)
    return groups.keep_cell(request, ways.Way(now.version, now), now.group_named(row), row)


@require_POST
@may_suggest
def suggest_undo(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Take back the last step of one's own suggestion."""
    now = _now(request, slug, number)
    services.undo_suggestion(by=request.actor, version=now.version)
    return redirect(returning.back_or(request, _place(now)))


@require_POST
@may_suggest
def suggest_redo(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Bring back the step of one's own suggestion that was undone last."""
    now = _now(request, slug, number)
    services.redo_suggestion(by=request.actor, version=now.version)
    return redirect(returning.back_or(request, _place(now)))


@require_POST
@may_suggest
def suggest_back(request: StudioRequest, slug: str, number: int, row: str) -> HttpResponse:
    """Let a criterion be as the version has it."""
    now = _now(request, slug, number)
    services.take_back_edit(by=request.actor, version=now.version, criterion_id=now.named(row))
    return _table(request, slug, number)


def _now(request: StudioRequest, slug: str, number: int) -> queries.Suggesting:
    return queries.suggesting(queries.get_version(request.actor, slug, number), request.actor)


def _place(now: queries.Suggesting) -> str:
    return pages.address("edit", now.version) + "?suggest=1"


def _keep(
    request: StudioRequest, now: queries.Suggesting, name: str, changes: dict[str, Any], seen: services.Seen
) -> HttpResponse | None:
    """Put changes into the suggestion; the answer where it is not the one to an autosave."""
    try:
        services.edit_criterion(
            by=request.actor,
            version=now.version,
            criterion_id=name,
            changes=changes,
            seen=seen,
            burst="X-Autosave" in request.headers,
            keep=services.as_suggestion,
        )
    except services.Clash as clash:
        return clashes.question(request, now.version, clash, _place(now))
    if "X-Autosave" not in request.headers:
        return redirect(f"{_place(now)}#criterion-row-{now.keys[name]}")
    return None


def _stored(request: StudioRequest, now: queries.Suggesting, name: str, form: forms.CriterionForm) -> HttpResponse:
    said = _now(request, now.version.rubric.slug, now.version.number).part(name)
    joined = request.POST.get("revision") != queries.fingerprint(form.criterion)
    answer = JsonResponse({"base": clashes.as_base(said), "joined": joined, "filled": form.filled})
    answer["X-Revision"] = queries.fingerprint(said)
    return answer


def _opened(
    request: StudioRequest, now: queries.Suggesting, name: str, form: forms.CriterionForm, status: int = 200
) -> HttpResponse:
    opened = {
        "key": now.keys[name],
        "form": form,
        "seen": request.POST.get("revision") or queries.fingerprint(form.criterion),
        "base": request.POST.get("base") or clashes.as_base(form.criterion),
        "tags": queries.tag_suggestions(now.version),
        "reading": pages.reading_of(str(form["text"].value() or ""), now.version.language),
    }
    if htmx.is_fragment(request):
        context: dict[str, Any] = {"version": now.version, "opened": opened, "suggesting": now}
    else:
        context = pages.editor(request.actor, now.version, suggesting=now, opened=opened)
    return htmx.page_or_fragment(request, PAGE, "rubrics/_criterion_edit.html", context, status=status)


def _table(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    now = _now(request, slug, number)
    if not htmx.is_fragment(request):
        return redirect(_place(now))
    shown = pages.editor(request.actor, now.version, suggesting=now)
    return htmx.trigger(render(request, TABLE, shown), "rubric-changed")

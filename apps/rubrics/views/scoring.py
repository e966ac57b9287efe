"""The Scoring page of a version: its steps and its truth table."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.views import clashes, ways
from domain import errors, rubric

PAGE = "rubrics/version_scoring.html"
_reads = require_role(Role.VIEWER)


@require_GET
@_reads
def version_scoring(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The steps from verdicts to a score, what they do to judged answers, and the truth table."""
    now = seen_way(request, slug, number)
    more = {
        "columns": request.GET.getlist("column"),
        "opened": request.GET.get("row", ""),
        "adding": request.GET.get("add", ""),
    }
    return render(request, PAGE, pages.scoring(request.actor, now.version, suggesting=now.suggesting, **more))


@require_GET
@_reads
def truth_outcomes(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """What came of each row of the truth table, alone."""
    now = seen_way(request, slug, number)
    outcomes = pages.truth_outcomes(now.document)
    context = {
        "version": now.version, "rubric": now.version.rubric, "mode": now.mode, "outcomes": outcomes, "alone": True,
        "failed": sum(not one.found.holds for one in outcomes),
    }  # fmt: skip
    return render(request, "rubrics/_truth_state.html", context)


@require_http_methods(["POST"])
@ways.may_edit
def truth_table(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Store the rows of the truth table, and add or remove one; autosave posts here too."""
    now = ways.way(request, slug, number)
    document = now.document
    keys = pages.truth_keys(now.version, now.suggesting)
    columns = pages.truth_columns(document, keys, request.POST.getlist("column"))
    rows = forms.TruthFormSet(request.POST, prefix="truths", form_kwargs=pages.truth_choices(document, columns))
    if not rows.is_valid():
        return _refused(request, now, rows)
    said, opened = _rows(request, document, forms.truths_from(rows))
    try:
        _keep(request, now, said)
    except services.Clash as clash:
        return clashes.question(request, now.version, clash, now.address("scoring"))
    except errors.Invalid as error:
        if not rows.forms:
            raise
        rows.forms[0].add_error(None, error.message)
        return _refused(request, now, rows)
    if "X-Autosave" in request.headers:
        return _saved(request, document, ways.way(request, slug, number).document)
    query = [("row", opened), *(("column", key) for key in request.POST.getlist("column") if key)]
    return redirect(f"{now.address('scoring')}{'&' if now.mode else '?'}{urlencode(query)}#truth-table")


def seen_way(request: StudioRequest, slug: str, number: int) -> ways.Way:
    """Whoever may not suggest sees the version as it is stored."""
    if "suggest" in request.GET and not request.actor.can(Role.ANNOTATOR):
        return ways.Way(queries.get_version(request.actor, slug, number))
    return ways.way(request, slug, number)


def _rows(
    request: StudioRequest, document: dict[str, Any], said: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], str]:
    """The rows with one added or removed where a button says so, and the row to open."""
    start, gone = request.POST.get("add-kind", ""), request.POST.get("remove", "")
    if "add" in request.POST and start in rubric.TRUTH_STARTS:
        new = rubric.starting_rows(start, rubric.parse(document))
        return [*said, *new], str(new[0]["id"])
    return [row for row in said if row["id"] != gone], ""


def _keep(request: StudioRequest, now: ways.Way, said: list[dict[str, Any]]) -> None:
    what = "added to the truth table" if request.POST.get("add") else "edited the truth table"
    if request.POST.get("remove"):
        what = "removed a row of the truth table"
    services.edit_truth_table(
        by=request.actor,
        version=now.version,
        rows=said,
        what=what,
        seen=clashes.seen_by(request),
        burst="X-Autosave" in request.headers,
        **now.keep,
    )


def _refused(request: StudioRequest, now: ways.Way, rows: Any) -> HttpResponse:
    more = {"columns": request.POST.getlist("column"), "rows": rows}
    context = pages.scoring(request.actor, now.version, suggesting=now.suggesting, **more)
    return render(request, PAGE, context, status=422)


def _saved(request: StudioRequest, before: dict[str, Any], after: dict[str, Any]) -> HttpResponse:
    """What autosave needs to go on."""
    old, new = ({"truth_table": rubric.raw_truth_rows(one["extensions"])} for one in (before, after))
    joined = request.POST.get("revision") != queries.fingerprint(old)
    answer = JsonResponse({"base": clashes.as_base(new), "joined": joined, "filled": False})
    answer["X-Revision"] = queries.fingerprint(new)
    return answer

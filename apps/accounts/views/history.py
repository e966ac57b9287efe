"""The history: who did what, whether the seals hold, and the whole of it as a file."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import forms, pages, queries, registry
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.models import Membership
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.history import queries as history
from apps.history import services as sealing
from apps.history.models import Entry
from domain import errors

MOST_EXPORTED = 100_000
COLUMNS = (
    "id", "at", "person", "via", "token", "action", "target_type", "target_id", "target_label", "detail", "request_id",
    "position", "previous", "digest",
)  # fmt: skip
CHECKED = "history_checked"


@require_safe
@require_role(Role.APPROVER, "read the history")
def entries(request: StudioRequest) -> HttpResponse:
    """Entries by person, action, target and day."""
    members = queries.members(request.actor)
    form, wanted = _filter(request, members)
    found = history.entries(request.actor.workspace, wanted, before=_before(request.GET))
    context = {
        "tabs": registry.tabs(request.actor, "History"),
        "form": form,
        "found": found,
        "rows": pages.entry_rows(found.entries, members),
        "state": history.state(request.actor.workspace),
        "checked": request.session.get(f"{CHECKED}_{request.actor.workspace.pk}"),
        "query": _query(request.GET, without=("before",)),
    }
    return htmx.page_or_fragment(request, "history/entry_list.html", "history/_entry_table.html", context)


@require_POST
@require_role(Role.APPROVER, "check the history")
def verify(request: StudioRequest) -> HttpResponse:
    """Seal what waits, check the whole chain, and say how far it holds."""
    workspace = request.actor.workspace
    sealing.seal(chain=workspace.pk)
    report = history.verify(workspace)
    request.session[f"{CHECKED}_{workspace.pk}"] = {
        "position": report.verified,
        "head": report.head,
        "at": timezone.now().strftime("%Y-%m-%d %H:%M UTC"),
        "broken": report.broken.reason if report.broken else "",
    }
    if report.broken:
        messages.error(request, f"The history does not hold: {report.broken.reason}")
    else:
        messages.success(
            request, f"Verified up to position {report.verified}: nothing was changed after it was sealed."
        )
    return redirect("history:list", workspace.slug)


@require_safe
@require_role(Role.APPROVER, "export the history")
def anchor(request: StudioRequest) -> HttpResponse:
    """The head of the chain as a file, once what waits is sealed."""
    workspace = request.actor.workspace
    sealing.seal(chain=workspace.pk)
    found = history.anchor(workspace, workspace.slug)
    answer = HttpResponse(json.dumps(found, indent=2) + "\n", content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="anchor-{workspace.slug}-{found["position"]}.json"'
    return answer


@require_safe
@require_role(Role.APPROVER, "export the history")
def export(request: StudioRequest, form: str) -> HttpResponse:
    """The filtered entries as CSV or NDJSON, newest first, with their seals."""
    _, wanted = _filter(request, queries.members(request.actor))
    found = history.entries(request.actor.workspace, wanted, before=_before(request.GET), size=MOST_EXPORTED)
    rows = (_row(entry) for entry in found.entries)
    body = _csv(rows) if form == "csv" else _ndjson(rows, found)
    answer = HttpResponse(body, content_type="text/csv" if form == "csv" else "application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="history-{request.actor.workspace.slug}.{form}"'
    if found.next is not None:
        answer["X-Next-Before"] = str(found.next)
    return answer


def _filter(request: StudioRequest, members: list[Membership]) -> tuple[forms.HistoryFilterForm, history.Filter]:
    people = [(str(member.user_id), member.user.name) for member in members]
    form = forms.HistoryFilterForm(people, request.GET)
    if not form.is_valid():
        return form, history.Filter()
    typed = form.cleaned_data
    person = int(typed["person"]) if typed["person"] else None
    return form, history.Filter(person, typed["action"], typed["target"], typed["since"], typed["until"])


def _before(query: QueryDict) -> int | None:
    given = query.get("before", "")
    if given and not (given.isdigit() and len(given) < 19):
        raise errors.Invalid("There is no such place in the history.", code="cursor_invalid")
    return int(given) if given else None


def _query(query: QueryDict, *, without: tuple[str, ...]) -> str:
    kept = query.copy()
    for name in without:
        kept.pop(name, None)
    return kept.urlencode()


def _row(entry: Entry) -> dict[str, Any]:
    seal = getattr(entry, "seal", None)
    return {
        "id": entry.pk,
        "at": entry.at.isoformat(),
        "person": entry.actor.username if entry.actor else None,
        "via": entry.via,
        "token": entry.token_id,
        "action": entry.action,
        "target_type": entry.target_type,
        "target_id": entry.target_id,
        "target_label": entry.target_label,
        "detail": entry.detail,
        "request_id": entry.request_id,
        "position": seal.position if seal else None,
        "previous": seal.previous if seal else None,
        "digest": seal.digest if seal else None,
    }


def _ndjson(rows: Iterator[dict[str, Any]], found: history.Slice) -> str:
    end = {"_end": True, "count": len(found.entries), "next_before": found.next}
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in (*rows, end))


def _csv(rows: Iterator[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(_cell(row[name]) for name in COLUMNS)
    return out.getvalue()


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text

"""Runs: list, detail with progress, steering, export."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import pages, queries, services
from domain import errors

VERBS = {
    "pause": (services.pause_run, "Paused: what is being judged ends, nothing more is started."),
    "resume": (services.resume_run, "Going on."),
    "cancel": (services.cancel_run, "Cancelled: what was judged stays."),
    "retry": (services.retry_run, "Judging again what failed or stayed unscored."),
}
PAGE = 50


@require_GET
@require_role(Role.VIEWER)
def run_list(request: StudioRequest) -> HttpResponse:
    """The workspace's runs, newest first."""
    page = Paginator(queries.list_runs(request.actor), 25).get_page(request.GET.get("page"))
    context = {"page": page, "live": any(run.job and run.job.state in {"queued", "running"} for run in page)}
    return htmx.page_or_fragment(request, "judging/run_list.html", "judging/_run_rows.html", context)


@require_GET
@require_role(Role.VIEWER)
def run_detail(request: StudioRequest, run: UUID) -> HttpResponse:
    """One run: how far it is, what failed and why, its answers with scores."""
    found = queries.get_run(request.actor, run)
    show, weights = request.GET.get("show", ""), pages.run_weights(found, request.GET.get("profile", ""))
    items = queries.run_items(found, show=show).select_related(*queries.RELATED)
    page = Paginator(items.prefetch_related("subject__members__response"), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "run": found,
        "progress": queries.run_progress(found),
        "money": queries.money_of_run(found),
        "page": page,
        "rows": queries.results(page.object_list, profile=weights.profile),
        "weights": weights,
        "show": show,
        "contradictions": queries.contradictions(found),
        **queries.judged_kinds(found)._asdict(),
        "crumbs": pages.crumbs(request.actor, found.name),
        **pages.together(request.actor, found, request.GET.get("together")),
        **pages.ensemble_panel(request.actor, found, request.GET.dict()),
    }
    return htmx.page_or_fragment(request, "judging/run_detail.html", "judging/_run_body.html", context)


@require_POST
@require_role(Role.AUTHOR, "change runs")
def run_steer(request: StudioRequest, run: UUID, verb: str) -> HttpResponse:
    """Pause, resume, cancel or retry a run."""
    if verb not in VERBS:
        raise errors.NotFound("A run can be paused, resumed, cancelled or retried.")
    act, said = VERBS[verb]
    found = act(by=request.actor, run=queries.get_run(request.actor, run))
    messages.success(request, said)
    return redirect("judging:detail", request.actor.workspace.slug, found.pk)


@require_GET
@require_role(Role.VIEWER)
def run_export(request: StudioRequest, run: UUID) -> HttpResponseBase:
    """Every verdict of a run as NDJSON."""
    found = queries.get_run(request.actor, run)
    answer = StreamingHttpResponse(_lines(found), content_type="application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="verdicts-{found.pk}.ndjson"'
    return answer


@require_GET
@require_role(Role.VIEWER)
def run_parquet(request: StudioRequest, run: UUID) -> HttpResponseBase:
    """Every verdict of a run as Parquet."""
    found = queries.get_run(request.actor, run)
    return FileResponse(
        queries.export_parquet(found), as_attachment=True, filename=f"verdicts-{found.pk}.parquet",
        content_type="application/vnd.apache.parquet",
    )  # fmt: skip


def _lines(run: Any) -> Iterator[str]:
    for line in queries.export(run):
        yield json.dumps(line, ensure_ascii=False) + "\n"

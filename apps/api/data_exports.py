"""Data for training: rows chosen by a rule from what a run judged, made as a job and read as a stream."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.core import table_files
from apps.history import services as history
from apps.training import bodies, permissions, queries, services
from apps.training.models import DataExport
from apps.training.queries import selecting
from domain import errors, selection

FILE: dict[Any, Any] = {(200, kind.partition(";")[0]): bytes for kind in table_files.FORMATS.values()}


class Figure(answers.Answer):
    """How much of something stayed or went."""

    what: str
    value: Any


class DataExportBody(answers.Answer):
    """An export and where it stands."""

    id: str
    name: str
    state: str = Field(description="queued, running, paused, done, failed, cancelled or forgotten")
    kind: str
    rule: dict[str, Any]
    run: str
    judge: str
    rubric: str | None
    dataset: str
    licence: str
    consent: str
    non_commercial: bool
    rows: int | None
    digest: str | None
    figures: list[Figure]
    columns: dict[str, str]
    created_at: str


class DataExportPage(answers.Page):
    """Exports, the newest first."""

    results: list[DataExportBody]


class Bin(answers.Answer):
    """How many values lie from `low` to `high`."""

    low: float
    high: float
    count: int


class Histogram(answers.Answer):
    """Values in bins, with the ends of the part that stays."""

    title: str
    low: float | None
    high: float | None
    bins: list[Bin]


class PreviewBody(answers.Answer):
    """What an export would hold."""

    rows: int
    cut: bool = Field(description="whether only the first answers were looked at")
    refusal: str = Field(description="why the licence forbids it; empty where it does not")
    figures: list[Figure]
    histograms: list[Histogram]


def show(export: DataExport) -> dict[str, Any]:
    """An export as REST shows it."""
    is_done = export.done_at is not None
    dataset = export.run.dataset
    return {
        "id": str(export.pk), "name": export.name, "state": queries.state_of(export), "kind": export.kind,
        "rule": export.rule, "run": str(export.run_id), "judge": str(export.judge_version),
        "rubric": str(export.version) if export.version else None, "dataset": dataset.slug if dataset else "",
        "licence": export.licence, "consent": export.consent, "non_commercial": export.non_commercial,
        "rows": export.rows if is_done else None, "digest": export.digest or None,
        "figures": _figures(export.figures), "columns": selecting.columns_of(export.kind),
        "created_at": export.created_at.isoformat(),
    }  # fmt: skip


def _figures(found: Any) -> list[dict[str, Any]]:
    return [{"what": what, "value": value} for what, value in found]


class DataExportsView(StudioView):
    """The exports of the workspace."""

    scopes: ClassVar = {"GET": "exports:read", "POST": "exports:read"}

    @extend_schema(
        operation_id="data_exports_list", parameters=shapes.PAGING, responses={200: DataExportPage, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List exports for training."""
        permissions.check_may_export(self.actor)
        return Response(paging.page(request, queries.data_exports(self.actor), show))

    @extend_schema(
        operation_id="data_exports_create", request=bodies.DataExportBody,
        responses={202: DataExportBody, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask for an export; a worker writes it. 409 where the licence of the data set is unknown or forbids it."""
        return self.once(self._create)

    def _create(self) -> Response:
        permissions.check_may_export(self.actor)
        body = bodies.read(bodies.DataExportBody, self.body)
        made = services.create_data_export(
            by=self.actor, side=_side(self, body), kind=body.kind, rule=body.rule, name=body.name,
            non_commercial=body.non_commercial,
        )  # fmt: skip
        headers = {"Location": f"/api/v1/data-exports/{made.pk}", "Retry-After": "1"}
        return Response(show(queries.get_data_export(self.actor, made.pk)), status=202, headers=headers)


class PreviewView(StudioView):
    """What an export would hold."""

    scopes: ClassVar = {"POST": "exports:read"}

    @extend_schema(
        operation_id="data_exports_preview", request=bodies.DataExportBody,
        responses={200: PreviewBody, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Count what a rule takes, from stored scores; nothing is made."""
        permissions.check_may_export(self.actor)
        body = bodies.read(bodies.DataExportBody, self.body)
        rule = selection.read_rule(body.kind, body.rule)
        source = selecting.load(_side(self, body), most=selecting.MOST_PREVIEWED)
        if not source.answers:
            raise errors.Conflict("Nothing of this run has been judged yet.", code="run_not_judged")
        chosen = selecting.select(self.actor, source, body.kind, rule)
        changes = selection.KINDS[body.kind].changes_texts
        refusal = selection.refusal(
            source.dataset.licence, non_commercial=body.non_commercial, changes_texts=changes
        )  # fmt: skip
        return Response(
            {
                "rows": len(chosen.picks), "cut": source.cut, "refusal": refusal, "figures": _figures(chosen.figures),
                "histograms": [_histogram(plot) for plot in chosen.plots],
            }
        )  # fmt: skip


class DataExportView(StudioView):
    """One export."""

    scopes: ClassVar = {"GET": "exports:read", "DELETE": "exports:read"}

    @extend_schema(operation_id="data_exports_read", responses={200: DataExportBody, **shapes.PROBLEMS})
    def get(self, request: Request, export_id: str) -> Response:
        """Its state, rule, figures and columns."""
        permissions.check_may_export(self.actor)
        return Response(show(queries.get_data_export(self.actor, export_id)))

    @extend_schema(operation_id="data_exports_delete", responses={204: None, **shapes.PROBLEMS})
    def delete(self, request: Request, export_id: str) -> Response:
        """Delete its rows; history keeps that it was made."""
        services.delete_data_export(by=self.actor, export=queries.get_data_export(self.actor, export_id))
        return Response(status=204)


class RowsView(StudioView):
    """The rows of an export as a file."""

    scopes: ClassVar = {"GET": "exports:read"}
    file_format = ""

    @extend_schema(responses={**FILE, **shapes.PROBLEMS})
    def get(self, request: Request, export_id: str) -> HttpResponseBase:
        """Stream the rows; 409 while they are being written, and where a text in them had to be forgotten."""
        permissions.check_may_export(self.actor)
        export = queries.get_data_export(self.actor, export_id)
        queries.check_done(export)
        history.count_pull(by=self.actor, kind="data_export", ref=str(export.pk), items=export.rows)
        name = f"{export.kind}-{export.pk}"
        rows, columns = queries.export_rows(export), selecting.columns_of(export.kind)
        return table_files.answer(rows, columns, name=name, kind=self.file_format)


def _side(view: StudioView, body: bodies.DataExportBody) -> Any:
    return queries.export_side(view.actor, body.run, judge=body.judge, rubric=body.rubric)


def _histogram(plot: selecting.Plot) -> dict[str, Any]:
    bins = selection.histogram(plot.values)
    return {
        "title": plot.title, "low": plot.low, "high": plot.high,
        "bins": [{"low": low, "high": high, "count": count} for low, high, count in bins],
    }  # fmt: skip

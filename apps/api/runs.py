"""Runs: rubric versions × data × judges, with progress and verdicts."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ClassVar

import orjson
from asgiref.sync import sync_to_async
from django.http import FileResponse, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, combining, paging, shapes
from apps.api.base import StudioView
from apps.datasets import queries as dataset_queries
from apps.history import services as history
from apps.judging import queries, services
from apps.judging.models import Run
from apps.rubrics import queries as rubric_queries
from domain import errors

CHUNK = 200
VERBS: dict[str, Callable[..., Run]] = {
    "pause": services.pause_run,
    "resume": services.resume_run,
    "cancel": services.cancel_run,
    "retry": services.retry_run,
}


def show(run: Run) -> dict[str, Any]:
    """A run with its progress."""
    progress = queries.run_progress(run)
    return {
        "id": str(run.pk),
        "name": run.name,
        "purpose": run.purpose,
        "dataset": run.dataset.slug if run.dataset else None,
        "rubrics": [str(version) for version in run.versions.select_related("rubric")[:50]],
        "judges": [str(version) for version in run.judges.select_related("judge")],
        "created_at": run.created_at,
        "combination": run.combination.digest if run.combination else None,
        "stages": [_stage(stage) for stage in queries.stages_of(run)],
        "progress": progress.as_dict(),
    }


def _stage(stage: queries.Stage) -> dict[str, Any]:
    values = {name: value for name, value in vars(stage).items() if name != "judge"}
    return values | {"judge": str(stage.judge)}


class RunsView(StudioView):
    """The runs of the workspace."""

    scopes: ClassVar = {"GET": "data:read", "POST": "runs:write"}

    @extend_schema(
        operation_id="runs_list", parameters=shapes.PAGING, responses={200: answers.RunList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List runs."""
        return Response(paging.page(request, queries.list_runs(self.actor), show))

    @extend_schema(operation_id="runs_create", request=shapes.RunBody, responses={201: answers.Run, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Start a run."""
        return self.once(self._start)

    def _start(self) -> Response:
        body = shapes.checked(shapes.RunBody, self.body)
        if bool(body.get("rubrics")) == bool(body.get("rubric_set")):
            raise errors.Invalid(
                "Name either rubrics or rubric_set.", problems=[errors.Problem("/rubrics", "or rubric_set")]
            )
        with errors.at("/dataset"):
            dataset = dataset_queries.get_dataset(self.actor, body["dataset"])
        more: dict[str, Any] = {}
        if body.get("rubric_set"):
            name = body["rubric_set"] if body["rubric_set"].startswith("set:") else f"set:{body['rubric_set']}"
            with errors.at("/rubric_set"):
                more["set_version"] = rubric_queries.resolve(self.actor, name).set_version
        else:
            more["versions"] = [self._version(ref, index) for index, ref in enumerate(body["rubrics"])]
        if more.get("set_version") and not {"jury", "cascade"}.isdisjoint(body):
            raise errors.Invalid(
                "Juries and cascades go over rubrics, not sets.", problems=[errors.Problem("/rubric_set", "is a set")]
            )
        with errors.at("/judges"):
            judges = services.judges_for(
                by=self.actor, refs=body.get("judges") or [], versions=more.get("versions", ()),
                set_version=more.get("set_version"),
            )  # fmt: skip
        more["combination"] = combining.combination_of(self, body, judges, more.get("versions", []))
        with errors.at("/calibrations"):
            more["calibrations"] = services.named_calibrations(by=self.actor, digests=body.get("calibrations") or [])
        run = services.start_run(
            by=self.actor, workspace=self.actor.workspace, name=body.get("name") or f"Run over {dataset.title}",
            dataset=dataset, filter=body.get("filter") or {}, judges=judges, samples=body.get("samples", 1),
            deadline=body.get("deadline"), **more,
        )  # fmt: skip
        return Response(show(run), status=201, headers={"Location": f"/api/v1/runs/{run.pk}"})

    def _version(self, ref: str, index: int) -> Any:
        with errors.at(f"/rubrics/{index}"):
            found = rubric_queries.resolve(self.actor, ref).general
        if found is None:
            raise errors.Invalid(
                f"{ref} is a set; name it as rubric_set.", problems=[errors.Problem(f"/rubrics/{index}", "is a set")]
            )
        return found


class RunView(StudioView):
    """One run."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="runs_read", responses={200: answers.Run, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str) -> Response:
        """The run and its progress, with reasons for what is unscored."""
        return Response(show(queries.get_run(self.actor, run_id)))


class RunStepView(StudioView):
    """Pause, resume, cancel or retry a run."""

    scopes: ClassVar = {"POST": "runs:write"}
    verb = ""

    @extend_schema(request=None, responses={200: answers.Run, **shapes.PROBLEMS})
    def post(self, request: Request, run_id: str) -> Response:
        """Do it; 409 where the run's state does not permit it."""
        return self.once(lambda: self._do(run_id))

    def _do(self, run_id: str) -> Response:
        run = queries.get_run(self.actor, run_id)
        VERBS[self.verb](by=self.actor, run=run)
        return Response(show(queries.get_run(self.actor, run_id)))


class RunVerdictsView(StudioView):
    """The verdicts of a run."""

    scopes: ClassVar = {"GET": "exports:read"}

    @extend_schema(operation_id="runs_verdicts", responses={(200, "application/x-ndjson"): str, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str) -> StreamingHttpResponse:
        """Stream one verdict a line."""
        run = queries.get_run(self.actor, run_id)
        history.count_pull(by=self.actor, kind="verdicts", ref=str(run.pk), items=1)
        return StreamingHttpResponse(_lines(queries.export(run)), content_type="application/x-ndjson")


class RunParquetView(StudioView):
    """Verdicts of a run as Parquet."""

    scopes: ClassVar = {"GET": "exports:read"}

    @extend_schema(
        operation_id="runs_verdicts_parquet",
        responses={(200, "application/vnd.apache.parquet"): bytes, **shapes.PROBLEMS},
    )
    def get(self, request: Request, run_id: str) -> FileResponse:
        """One row a verdict, with the columns of the NDJSON; evidence and detail are JSON texts."""
        run = queries.get_run(self.actor, run_id)
        history.count_pull(by=self.actor, kind="verdicts", ref=str(run.pk), items=1)
        return FileResponse(queries.export_parquet(run), content_type="application/vnd.apache.parquet")


async def _lines(values: Iterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    def turn() -> bytes:
        return b"".join(
            orjson.dumps(value, default=str) + b"\n" for _, value in zip(range(CHUNK), values, strict=False)
        )

    while block := await sync_to_async(turn)():
        yield block

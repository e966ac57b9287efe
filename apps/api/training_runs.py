"""Training runs: pinned handles and their telemetry."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.training import bodies, queries, services


class TrainingRunsView(StudioView):
    """The training runs of the workspace."""

    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(
        operation_id="training_runs_create",
        request=bodies.TrainingRunBody,
        responses={201: answers.TrainingRun, **shapes.PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Register a run pinned to a release or an approved version, and to a judge."""
        return self.once(self._create)

    def _create(self) -> Response:
        body = bodies.read(bodies.TrainingRunBody, self.body)
        run = services.register_training_run(by=self.actor, body=body)
        return Response(queries.report(run), status=201, headers={"Location": f"/api/v1/training-runs/{run.pk}/report"})


class TelemetryView(StudioView):
    """Numbers of a training run."""

    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(
        operation_id="telemetry_create",
        request=bodies.TelemetryBody,
        responses={201: answers.Stored, **shapes.PROBLEMS},
    )
    def post(self, request: Request, run_id: str) -> Response:
        """Add `points: [{step, values: {name: number}}]`."""
        body = bodies.read(bodies.TelemetryBody, self.body)
        run = queries.get_training_run(self.actor, run_id)
        stored = services.add_telemetry(by=self.actor, run=run, points=body.points)
        return Response({"stored": stored}, status=201)


class ReportView(StudioView):
    """How a training run goes."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="training_runs_report", responses={200: answers.TrainingRun, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str) -> Response:
        """Pin, telemetry and number of reward requests."""
        report: dict[str, Any] = queries.report(queries.get_training_run(self.actor, run_id))
        return Response(report)

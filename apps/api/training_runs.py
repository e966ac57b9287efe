"""Training runs: pinned handles, their telemetry, and how they go."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.alarms import AlarmBody
from apps.api.base import StudioView
from apps.training import bodies, queries, services
from apps.training.models import TrainingRun
from domain import watch


class RunSummary(answers.Answer):
    """A training run in a list."""

    id: str
    name: str
    state: str
    policy_model: str
    requests: int
    created_at: datetime


class RunSummaries(answers.Page):
    """Training runs, the newest first."""

    results: list[RunSummary]


class StepFigures(answers.Answer):
    """What the rewards of a step say; a figure nobody can know is left out.

    `figures`: mean, deviation, spread (within groups), zero_variance, saturation and unscored (shares), length (words),
    repetition, gap (score less shadow judge's), canary (share misjudged), wait (seconds), rollouts (how many).
    `criteria`: mean degree, share of groups it tells apart, how many were judged and how many were not.
    """

    step: int
    figures: dict[str, float]
    criteria: dict[str, dict[str, float | None]]


class WatchRule(answers.Answer):
    """An alarm there is, with the limits that this run has."""

    kind: str
    title: str
    form: str
    limit: float
    window: int
    patience: int
    least: float
    on: bool
    formula: str
    source: str


class Kinship(answers.Answer):
    """Whether judge and policy are of one family, by their names."""

    lineage: str
    says: str


class RunReport(answers.TrainingRun):
    """How a training run goes: pin, telemetry, figures by step, limits and alarms."""

    steps: list[StepFigures]
    rules: list[WatchRule]
    watch: dict[str, Any]
    kinship: Kinship | None
    alarms: list[AlarmBody]


def _summary(run: TrainingRun) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "name": run.name,
        "state": run.state,
        "policy_model": run.policy_model,
        "requests": getattr(run, "requests_n", 0),
        "created_at": run.created_at,
    }


def show_report(run: TrainingRun) -> dict[str, Any]:
    """The whole report."""
    kin = queries.kinship_of(run, queries.current_pin(run))
    return {
        **queries.report(run),
        "steps": [
            {"step": one.at, "figures": watch.plain(one), "criteria": watch.plain_criteria(one)}
            for one in queries.watched_steps(run)
        ],
        "rules": queries.show_rules(run),
        "watch": run.watch,
        "kinship": {"lineage": str(kin.lineage), "says": kin.says} if kin else None,
        "alarms": queries.show_alarms(run),
    }


class TrainingRunsView(StudioView):
    """The training runs of the workspace."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "telemetry:write"}

    @extend_schema(
        operation_id="training_runs_list",
        parameters=shapes.PAGING,
        responses={200: RunSummaries, **shapes.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List training runs."""
        return Response(paging.page(request, queries.training_runs(self.actor), _summary))

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

    counted: ClassVar = "points"
    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(
        operation_id="telemetry_create",
        request=bodies.TelemetryBody,
        responses={201: answers.Stored, **shapes.PROBLEMS},
    )
    def post(self, request: Request, run_id: str) -> Response:
        """Add `points: [{step, values: {name: number}}]`; a number sent again replaces the earlier one."""
        body = bodies.read(bodies.TelemetryBody, self.body)
        run = queries.get_training_run(self.actor, run_id)
        stored = services.add_telemetry(by=self.actor, run=run, points=body.points)
        return Response({"stored": stored}, status=201)


class ReportView(StudioView):
    """How a training run goes."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="training_runs_report", responses={200: RunReport, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str) -> Response:
        """Pin, telemetry, figures by step, limits and alarms."""
        return Response(show_report(queries.get_training_run(self.actor, run_id)))


class PinView(StudioView):
    """What a training run is pinned to."""

    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(
        operation_id="training_runs_pin",
        request=bodies.PinBody,
        responses={201: answers.TrainingRun, **shapes.PROBLEMS},
    )
    def post(self, request: Request, run_id: str) -> Response:
        """Pin to something else from now on, with a reason; what it was pinned to stays on record."""
        return self.once(lambda: self._pin(run_id))

    def _pin(self, run_id: str) -> Response:
        body = bodies.read(bodies.PinBody, self.body)
        run = queries.get_training_run(self.actor, run_id)
        services.repin(
            by=self.actor, run=run, release=body.release, rubric=body.rubric, judge=body.judge, reason=body.reason,
            parts=body.parts,
        )  # fmt: skip
        return Response(queries.report(run), status=201)


class CloseView(StudioView):
    """The end of a training run."""

    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(
        operation_id="training_runs_close", request=None, responses={200: answers.TrainingRun, **shapes.PROBLEMS}
    )
    def post(self, request: Request, run_id: str) -> Response:
        """Give no more rewards under it."""
        run = services.close_training_run(by=self.actor, run=queries.get_training_run(self.actor, run_id))
        return Response(queries.report(run))


class WatchView(StudioView):
    """The limits that a run is held against."""

    scopes: ClassVar = {"PUT": "telemetry:write"}

    @extend_schema(
        operation_id="training_runs_watch", request=bodies.WatchBody, responses={200: RunReport, **shapes.PROBLEMS}
    )
    def put(self, request: Request, run_id: str) -> Response:
        """Set what differs from the declared limits; what is left out is as declared."""
        body = bodies.read(bodies.WatchBody, self.body)
        run = queries.get_training_run(self.actor, run_id)
        return Response(show_report(services.set_watch(by=self.actor, run=run, changed=body.watch)))

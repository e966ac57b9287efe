"""Alarms of training runs, what is done about them, and suspended criteria."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.rubrics import queries as rubric_queries
from apps.training import bodies, queries, services
from apps.training.models import Suspension
from domain import errors

OPEN = OpenApiParameter("open", bool, description="only those that nobody has closed or muted")
RUN = OpenApiParameter("training_run", str, description="only those of this run")


class AlarmEventBody(answers.Answer):
    """What became of an alarm."""

    verb: str
    by: str | None
    reason: str
    until: datetime | None
    step: int | None
    queue: int | None
    at: datetime


class AlarmBody(answers.Answer):
    """An alarm: from `step` on, `since` where its cause lies, to the `last` step at which it held.

    `figures`: value, limit, form, baseline, window, and the mean reward before and then.
    """

    id: int
    training_run: str
    kind: str
    title: str
    about: str | None
    says: str
    step: int | None
    since: int | None
    last: int | None
    ended: int | None
    figures: dict[str, Any]
    state: str
    muted_until: datetime | None
    created_at: datetime
    closed_at: datetime | None
    events: list[AlarmEventBody]


class AlarmPage(answers.Page):
    """Alarms, the newest first."""

    results: list[AlarmBody]


class MadeQueue(answers.Answer):
    """The review queue that was made."""

    queue: int
    items: int


class SuspensionBody(answers.Answer):
    """A criterion that new releases and training runs are refused."""

    id: int
    rubric: str
    criterion: str
    digest: str
    text: str
    reason: str
    alarm: int | None
    by: str
    created_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str


class SuspensionPage(answers.Page):
    """Suspensions, the newest first."""

    results: list[SuspensionBody]


def _show(one: Suspension) -> dict[str, Any]:
    return {
        "id": one.pk,
        "rubric": one.rubric.slug,
        "criterion": one.criterion,
        "digest": one.digest,
        "text": one.text,
        "reason": one.reason,
        "alarm": one.alarm_id,
        "by": one.by.name,
        "created_at": one.created_at,
        "lifted_at": one.lifted_at,
        "lifted_by": one.lifted_by.name if one.lifted_by else None,
        "lift_reason": one.lift_reason,
    }


class AlarmsView(StudioView):
    """The alarms of the workspace's training runs."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="alarms_list",
        parameters=[*shapes.PAGING, OPEN, RUN],
        responses={200: AlarmPage, **shapes.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List alarms."""
        rows = queries.alarms(self.actor)
        if request.query_params.get("open", "").lower() in {"true", "1"}:
            rows = rows.filter(queries.waiting())
        if run := request.query_params.get("training_run"):
            rows = rows.filter(training_run=queries.get_training_run(self.actor, run))
        return Response(paging.page(request, rows, queries.show_alarm))


class AlarmView(StudioView):
    """One alarm."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="alarms_read", responses={200: AlarmBody, **shapes.PROBLEMS})
    def get(self, request: Request, alarm_id: int) -> Response:
        """What was seen, against which limit, and what became of it."""
        return Response(queries.show_alarm(queries.get_alarm(self.actor, alarm_id)))


class MuteView(StudioView):
    """Muting an alarm."""

    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(operation_id="alarms_mute", request=bodies.MuteBody, responses={200: AlarmBody, **shapes.PROBLEMS})
    def post(self, request: Request, alarm_id: int) -> Response:
        """Count it no more until a time."""
        body = bodies.read(bodies.MuteBody, self.body)
        alarm = queries.get_alarm(self.actor, alarm_id)
        services.mute_alarm(by=self.actor, alarm=alarm, until=body.until, reason=body.reason)
        return Response(queries.show_alarm(queries.get_alarm(self.actor, alarm_id)))


class UnmuteView(StudioView):
    """The end of a muting."""

    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(operation_id="alarms_unmute", request=None, responses={200: AlarmBody, **shapes.PROBLEMS})
    def post(self, request: Request, alarm_id: int) -> Response:
        """Count it again."""
        services.unmute_alarm(by=self.actor, alarm=queries.get_alarm(self.actor, alarm_id))
        return Response(queries.show_alarm(queries.get_alarm(self.actor, alarm_id)))


class CloseAlarmView(StudioView):
    """Closing an alarm."""

    scopes: ClassVar = {"POST": "telemetry:write"}

    @extend_schema(
        operation_id="alarms_close", request=bodies.ReasonBody, responses={200: AlarmBody, **shapes.PROBLEMS}
    )
    def post(self, request: Request, alarm_id: int) -> Response:
        """Say what was done about it."""
        body = bodies.read(bodies.ReasonBody, self.body)
        services.close_alarm(by=self.actor, alarm=queries.get_alarm(self.actor, alarm_id), reason=body.reason)
        return Response(queries.show_alarm(queries.get_alarm(self.actor, alarm_id)))


class AlarmQueueView(StudioView):
    """A review queue of the rollouts behind an alarm."""

    scopes: ClassVar = {"POST": "reviews:write"}

    @extend_schema(
        operation_id="alarms_queue", request=bodies.AlarmQueueBody, responses={201: MadeQueue, **shapes.PROBLEMS}
    )
    def post(self, request: Request, alarm_id: int) -> Response:
        """Make it, the most telling rollouts first."""
        return self.once(lambda: self._queue(alarm_id))

    def _queue(self, alarm_id: int) -> Response:
        body = bodies.read(bodies.AlarmQueueBody, self.body)
        queue = services.queue_alarm(by=self.actor, alarm=queries.get_alarm(self.actor, alarm_id), size=body.size)
        return Response({"queue": queue.pk, "items": queue.items.count()}, status=201)


class SuspensionsView(StudioView):
    """Suspended criteria."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "rubrics:approve"}

    @extend_schema(
        operation_id="suspensions_list", parameters=shapes.PAGING, responses={200: SuspensionPage, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List suspensions, those that were lifted, too."""
        return Response(paging.page(request, queries.suspensions(self.actor), _show))

    @extend_schema(
        operation_id="suspensions_create",
        request=bodies.SuspensionBody,
        responses={201: SuspensionBody, **shapes.PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Refuse a criterion, as a version words it, to new releases and runs; pinned runs go on."""
        return self.once(self._suspend)

    def _suspend(self) -> Response:
        body = bodies.read(bodies.SuspensionBody, self.body)
        with errors.at("/rubric"):
            version = rubric_queries.resolve(self.actor, body.rubric).general
        if version is None:
            raise errors.Invalid("Name one version.", problems=[errors.Problem("/rubric", "is a set")])
        alarm = queries.get_alarm(self.actor, body.alarm) if body.alarm is not None else None
        made = services.suspend_criterion(
            by=self.actor, version=version, criterion=body.criterion, reason=body.reason, alarm=alarm
        )
        return Response(_show(made), status=201)


class LiftView(StudioView):
    """The end of a suspension."""

    scopes: ClassVar = {"POST": "rubrics:approve"}

    @extend_schema(
        operation_id="suspensions_lift", request=bodies.ReasonBody, responses={200: SuspensionBody, **shapes.PROBLEMS}
    )
    def post(self, request: Request, suspension_id: int) -> Response:
        """Let new releases and runs have the criterion again."""
        body = bodies.read(bodies.ReasonBody, self.body)
        found = queries.get_suspension(self.actor, suspension_id)
        return Response(_show(services.lift_suspension(by=self.actor, suspension=found, reason=body.reason)))

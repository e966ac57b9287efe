"""Rewards: asked for, waited for without holding a thread, answered with provenance."""

import logging
import math
import time
import uuid
from collections.abc import Callable
from typing import Any, ClassVar, cast

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import idempotency, rewarded, shapes
from apps.api.base import StudioView
from apps.api.steps import Trajectory
from apps.jobs import waiting
from apps.training import bodies, queries, services
from apps.training.models import RewardRequest
from domain import errors

log = logging.getLogger(__name__)
LONGEST_WAIT = 55.0
GATHER_SECONDS = 1.0
"""How often rewards that are ready are written down while somebody waits for the others."""

WAIT = OpenApiParameter("wait", float, description="Seconds to wait for the answer, 0 to 55")


def wanted_wait(request: HttpRequest | Request, body: dict[str, Any] | None = None) -> float:
    """Seconds from the body's `wait`, the query's `wait` or `Prefer: wait=`; 0 to 55."""
    given: Any = (body or {}).get("wait", request.GET.get("wait"))
    if given is None:
        given = next(
            (
                part.strip()[5:]
                for part in request.headers.get("Prefer", "").split(",")
                if part.strip().startswith("wait=")
            ),
            0,
        )
    try:
        seconds = float(given)
    except (TypeError, ValueError) as wrong:
        raise errors.Invalid(
            "wait must be a number of seconds.", problems=[errors.Problem("/wait", "is no number")]
        ) from wrong
    if math.isnan(seconds) or not 0 <= seconds <= LONGEST_WAIT:
        raise errors.Invalid(
            "wait must be from 0 to 55 seconds.", problems=[errors.Problem("/wait", "is out of range")]
        )
    return seconds


def _digest(body: dict[str, Any]) -> str:
    """What makes two requests the same: all but how long the caller waits."""
    return idempotency.digest_of({name: value for name, value in body.items() if name != "wait"})


def _answer(found: RewardRequest, *, brief: bool = False) -> Response:
    """200 with everything, or 202 with what there is and where to ask again."""
    body = services.serve(found, brief=brief)
    if body["status"] == "done":
        return Response(body)
    headers = {"Location": f"/api/v1/rewards/{found.pk}", "Retry-After": "1"}
    if found.options.get("mode") == bodies.Mode.CACHED:
        return Response(body, headers=headers)
    return Response(body, status=202, headers=headers)


class WaitingView(StudioView):
    """A call that is answered with what there is, and once more when the judge is done or the caller's wait is over."""

    @classmethod
    def answer(cls, found: Any, sent: Any) -> Response:
        """What there is now; `sent` is the body of the call."""
        return _answer(found)

    @classmethod
    def patience(cls, request: HttpRequest | Request, sent: Any) -> float:
        """For how many seconds the caller waits."""
        return wanted_wait(request, sent)

    @classmethod
    async def wait(cls, request_id: str, seconds: float) -> None:
        """Wait for the judge, holding nothing."""
        await _wait(request_id, seconds)

    @classmethod
    def look(cls, request_id: str) -> Any:
        """What was asked for, read anew; the first look checked that the caller may."""
        return queries.request_by_key(uuid.UUID(request_id))

    def first(self, found: RewardRequest) -> Response:
        """The answer at once: 202 with where it will be where the judge is not done."""
        answer = self.answer(found, self.request.data)
        if not queries.is_done(found):
            answer.status_code = 202
            answer["Location"] = f"/api/v1/rewards/{found.pk}"
        return answer


class StepRewards(rewarded.Rewards):
    """The answer to a reward request, with trajectories where steps were asked for."""

    trajectories: list[Trajectory] = Field(default=[], description="Only of POST /rewards/steps")


class RewardsView(WaitingView):
    """A batch of rollouts that wants rewards."""

    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="rewards_create", parameters=[shapes.IDEMPOTENCY], request=bodies.RewardBody,
        responses={200: rewarded.Rewards, 202: rewarded.Rewards, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask for rewards; a failed judgement is never a reward: its item has a status and `null`."""
        waits = wanted_wait(request, self.body) > 0
        body = bodies.read(bodies.RewardBody, self.body)
        key = request.headers.get("Idempotency-Key") or None
        idempotency.check(key)
        found = services.request_rewards(by=self.actor, body=body, idempotency_key=key, digest=_digest(self.body))
        return _answer(found, brief=waits)


class StepRewardsView(WaitingView):
    """A batch of steps of trajectories that want rewards."""

    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="rewards_steps", parameters=[shapes.IDEMPOTENCY], request=bodies.StepRewardBody,
        responses={200: StepRewards, 202: StepRewards, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask for rewards of steps; the answer also has each trajectory with what its steps are paid."""
        wanted_wait(request, self.body)
        body = bodies.read(bodies.StepRewardBody, self.body)
        key = request.headers.get("Idempotency-Key") or None
        idempotency.check(key)
        digest = _digest({**self.body, "shape": "steps"})
        return _answer(services.request_rewards(by=self.actor, body=body, idempotency_key=key, digest=digest))


class GroupRewards(rewarded.Rewards):
    """The answer to a request for rewards of groups."""

    groups: list[rewarded.Group] = Field(default=[], description="Only of POST /rewards/groups")


class AnyRewards(StepRewards, GroupRewards):
    """The answer to a reward request of whatever shape."""


class GroupRewardsView(WaitingView):
    """Rollouts of prompts, several each, that want rewards."""

    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="rewards_groups", parameters=[shapes.IDEMPOTENCY], request=bodies.GroupRewardBody,
        responses={200: GroupRewards, 202: GroupRewards, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask for rewards of groups; each group comes back with its matrix, its best rollout and what that still fails.

        With `compare` a judge that reads two answers compares those of a group, all with all or each with its
        reference.
        """
        wanted_wait(request, self.body)
        body = bodies.read(bodies.GroupRewardBody, self.body)
        key = request.headers.get("Idempotency-Key") or None
        idempotency.check(key)
        digest = _digest({**self.body, "shape": "groups"})
        return _answer(services.request_rewards(by=self.actor, body=body, idempotency_key=key, digest=digest))


class RehearsalView(StudioView):
    """What a request for rewards would do."""

    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="rewards_dry_run",
        request=bodies.RewardBody,
        responses={200: rewarded.Rehearsal, **shapes.PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """By item the version and what is stored already, and the cost of the rest; nothing is stored or judged."""
        return Response(services.try_out(by=self.actor, body=bodies.read(bodies.RewardBody, self.body)))


class RewardView(WaitingView):
    """The answer to a reward request."""

    scopes: ClassVar = {"GET": "rewards:write"}

    @extend_schema(
        operation_id="rewards_read",
        parameters=[WAIT],
        responses={200: AnyRewards, 202: AnyRewards, **shapes.PROBLEMS},
    )
    def get(self, request: Request, request_id: str) -> Response:
        """The rewards, or 202 with those that are ready."""
        waits = wanted_wait(request) > 0
        return _answer(queries.get_request(self.actor, request_id), brief=waits)


def patient(view: type[WaitingView]) -> Callable[..., Any]:
    """The view under ASGI: while judging goes on nobody's thread or connection waits, then it is asked again."""
    sync_view = view.as_view()

    async def waiting_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first, seconds = await sync_to_async(_first)(view, sync_view, request, *args, **kwargs)
        if not seconds:
            return cast("HttpResponse", first)
        request_id = first["Location"].rpartition("/")[2]
        try:
            await view.wait(request_id, seconds)
            return cast("HttpResponse", await sync_to_async(_again)(view, first, request_id))
        except (OperationalError, InterfaceError):
            log.warning("the database went away while reward request %s was waited for", request_id)
            return cast("HttpResponse", first)

    waiting_view.cls = view  # type: ignore[attr-defined]
    waiting_view.initkwargs = {}  # type: ignore[attr-defined]
    waiting_view.csrf_exempt = True  # type: ignore[attr-defined]
    waiting_view.login_required = False  # type: ignore[attr-defined]
    return waiting_view


def _first(
    view: type[WaitingView], sync_view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any
) -> tuple[Any, float]:
    """The answer at once, and how long the caller would wait for a better one."""
    answer = sync_view(request, *args, **kwargs)
    answer.render()
    if answer.status_code != 202:
        return answer, 0.0
    return answer, view.patience(request, _sent(answer))


def _sent(answer: Any) -> Any:
    """The body of the call that was answered."""
    request = answer.renderer_context["request"]
    return request.data if request.method == "POST" else None


async def _wait(request_id: str, seconds: float) -> None:
    """Wait for every job that still judges something of the request; what of a large one is ready is written down."""
    end = time.monotonic() + seconds
    jobs, large = await sync_to_async(_jobs_of)(request_id)
    for job in jobs:
        while not await waiting.wait_for(job, _left(end, GATHER_SECONDS if large else LONGEST_WAIT)):
            if time.monotonic() >= end:
                return
            await sync_to_async(services.gather)(request_id)


def _left(end: float, most: float) -> float:
    return min(most, max(0.0, end - time.monotonic()))


def _jobs_of(request_id: str) -> tuple[list[Any], bool]:
    request = RewardRequest.objects.select_related("run__job").get(pk=request_id)
    return list(queries.open_jobs(request)), services.worth_gathering(request)


def _again(view: type[WaitingView], first: Any, request_id: str) -> Any:
    """What there is after the wait, with the headers that the first answer had for the caller's rate."""
    answer: Any = view.answer(view.look(request_id), _sent(first))
    for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"):
        if name in first:
            answer[name] = first[name]
    answer.accepted_renderer = first.accepted_renderer
    answer.accepted_media_type = first.accepted_media_type
    answer.renderer_context = first.renderer_context
    return answer.render()

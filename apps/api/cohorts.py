"""Cohorts: for trainers that post single rollouts, whose rewards depend on the others of their prompt."""

import asyncio
import time
import uuid
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import idempotency, rewarded, rewards, shapes
from apps.training import bodies, queries, services
from apps.training.models import CohortMember

LOOK_SECONDS = 0.4


class CohortAnswer(rewarded.Rewards):
    """One member's result with the figures of its group; `request` names the request once the cohort is closed."""

    cohort: dict[str, Any]
    refused: dict[str, str] | None = None
    request: str | None = None
    groups: list[rewarded.Group] = []


def _answer(member: CohortMember) -> Response:
    body = services.serve_member(services.look_at(member))
    if body["status"] == "done":
        return Response(body)
    headers = {"Location": f"/api/v1/rewards/cohorts/{member.pk}", "Retry-After": "1"}
    return Response(body, status=202, headers=headers)


class Waiting(rewards.WaitingView):
    """Waits for the cohort, then for the judge."""

    @classmethod
    def answer(cls, found: CohortMember, sent: Any) -> Response:
        """What there is for this member now."""
        return _answer(found)

    @classmethod
    async def wait(cls, request_id: str, seconds: float) -> None:
        """Look now and then whether the cohort is closed, holding nothing between; then wait for the judge."""
        end = time.monotonic() + seconds
        while (asked := await sync_to_async(_request_of)(request_id)) is None:
            left = end - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(min(LOOK_SECONDS, left))
        if asked:
            await super().wait(asked, max(0.0, end - time.monotonic()))

    @classmethod
    def look(cls, request_id: str) -> CohortMember:
        """The member, read anew."""
        return CohortMember.objects.get(pk=uuid.UUID(request_id))


def _request_of(member_id: str) -> str | None:
    """The request of a closed cohort, nothing while it is open; empty where all were refused together."""
    cohort = services.look_at(CohortMember.objects.get(pk=uuid.UUID(member_id))).cohort
    if cohort.failed is not None:
        return ""
    return str(cohort.request_id) if cohort.request_id else None


class CohortsView(Waiting):
    """A single rollout that waits for the others of its cohort."""

    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="rewards_cohort", parameters=[shapes.IDEMPOTENCY], request=bodies.CohortRewardBody,
        responses={200: CohortAnswer, 202: CohortAnswer, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Join the cohort of `cohort.key`: once `size` are there, or `timeout` seconds are over, all are rewarded."""
        rewards.wanted_wait(request, self.body)
        body = bodies.read(bodies.CohortRewardBody, self.body)
        key = request.headers.get("Idempotency-Key") or None
        idempotency.check(key)
        return _answer(services.join_cohort(by=self.actor, body=body, idempotency_key=key))


class CohortView(Waiting):
    """One rollout of a cohort."""

    scopes: ClassVar = {"GET": "rewards:write"}

    @extend_schema(
        operation_id="rewards_cohort_read", parameters=[rewards.WAIT],
        responses={200: CohortAnswer, 202: CohortAnswer, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request, member_id: str) -> Response:
        """Its reward, or 202 with how many have come."""
        rewards.wanted_wait(request)
        return _answer(queries.get_member(self.actor, member_id))

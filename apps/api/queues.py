"""Review: queues, claims and answers."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.judging import queries as judge_queries
from apps.review import queries, services
from apps.review.models import Claim, Queue


def show(queue: Queue) -> dict[str, Any]:
    """A queue as REST shows it."""
    return {
        "id": queue.pk,
        "name": queue.name,
        "task": queue.task,
        "state": queue.state,
        "run": str(queue.run_id) if queue.run_id else None,
        "overlap": queue.overlap,
        "blind": queue.blind,
        "items": queue.items.count(),
    }


class QueuesView(StudioView):
    """The queues of the workspace."""

    scopes: ClassVar = {"GET": "data:read", "POST": "runs:write"}

    @extend_schema(
        operation_id="queues_list", parameters=shapes.PAGING, responses={200: answers.QueueList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List queues."""
        rows = Queue.objects.filter(workspace=self.actor.workspace)
        return Response(paging.page(request, rows, show))

    @extend_schema(
        operation_id="queues_create", request=shapes.QueueBody, responses={201: answers.Queue, **shapes.PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Draw a queue from a run's verdicts."""
        return self.once(self._create)

    def _create(self) -> Response:
        body = shapes.checked(shapes.QueueBody, self.request.data)
        queue = services.create_queue(
            by=self.actor, run=judge_queries.get_run(self.actor, body["run"]), name=body["name"],
            rule=body.get("rule") or {"kind": "random", "size": 50}, overlap=body.get("overlap", 1),
            seed=body.get("seed", 0),
        )  # fmt: skip
        return Response(show(queue), status=201, headers={"Location": f"/api/v1/queues/{queue.pk}"})


class ClaimView(StudioView):
    """The next item for the caller."""

    scopes: ClassVar = {"POST": "reviews:write"}

    @extend_schema(
        operation_id="queues_claim", request=None, responses={200: dict[str, Any], 204: None, **shapes.PROBLEMS}
    )
    def post(self, request: Request, queue_id: int) -> Response:
        """Claim the next item, blind: what the judge said is not in it. 204 when nothing is left."""
        queue = queries.get_queue(self.actor, queue_id)
        claim = services.claim(by=self.actor, queue=queue)
        return Response(status=204) if claim is None else Response(queries.decision(claim).as_dict())


class ItemStepView(StudioView):
    """Heartbeat, answer, skip or release of the caller's claim on an item."""

    scopes: ClassVar = {"POST": "reviews:write"}
    verb = ""

    @extend_schema(request=shapes.AnswerBody, responses={200: dict[str, Any], **shapes.PROBLEMS})
    def post(self, request: Request, item_id: int) -> Response:
        """Do it; 409 where the claim has expired or is somebody else's."""
        return self.once(lambda: self._do(item_id))

    def _do(self, item_id: int) -> Response:
        claim = queries.claim_on(self.actor, item_id)
        return Response(getattr(self, f"_{self.verb}")(claim))

    def _heartbeat(self, claim: Claim) -> dict[str, Any]:
        return {"lease_until": services.heartbeat(by=self.actor, claim=claim).lease_until}

    def _answer(self, claim: Claim) -> dict[str, Any]:
        body = shapes.checked(shapes.AnswerBody, self.request.data)
        review = services.answer(
            by=self.actor, claim=claim, value=body["value"], spans=body.get("spans", []),
            confidence=body.get("confidence"), note=body.get("note", ""), seconds=body.get("seconds"),
        )  # fmt: skip
        return {"review": review.pk, "value": review.value}

    def _skip(self, claim: Claim) -> dict[str, Any]:
        body = shapes.checked(shapes.ReasonBody, self.request.data or {})
        services.skip(by=self.actor, claim=claim, reason=body.get("reason", ""))
        return {"state": "skipped"}

    def _release(self, claim: Claim) -> dict[str, Any]:
        services.release(by=self.actor, claim=claim)
        return {"state": "released"}

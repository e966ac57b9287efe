"""Review: queues, claims, answers, adjudication, agreement."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import drawing, shapes
from apps.api.base import StudioView
from apps.review import queries, services
from apps.review.models import Claim, Queue, Review, ReviewItem
from domain import errors

BESIDE = ("confidence", "note", "seconds", "reason")
STEPS = ("heartbeat", "answer", "skip", "decline", "release", "revise", "adjudicate")


def show_claim(claim: Claim) -> dict[str, Any]:
    """What a person has to decide, blind: nothing of what the judge said."""
    item = claim.item
    return {
        "item": item.pk,
        "queue": item.queue_id,
        "task": item.queue.task,
        "lease_until": claim.lease_until,
        **queries.ask_of(item, claim.user_id).body(),
    }


class QueueReportView(StudioView):
    """What the decisions of a queue say."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="queues_report", responses={200: dict[str, Any], **shapes.PROBLEMS})
    def get(self, request: Request, queue_id: int) -> Response:
        """Agreement among people and with each judge, over the decisions made before the reveal."""
        queue = queries.get_queue(self.actor, queue_id)
        amounts = [dataclasses.asdict(table) for table in queries.amounts(queue)]
        return Response({"queue": drawing.show(queue), **dataclasses.asdict(queries.report(queue)), "amounts": amounts})


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
        return Response(status=204) if claim is None else Response(show_claim(queries.get_claim(self.actor, claim.pk)))


class ItemStepView(StudioView):
    """What the caller does with a claim on an item or a decision made on it; adjudication of an item."""

    scopes: ClassVar = {"POST": "reviews:write"}
    verb = ""

    @extend_schema(request=shapes.AnswerBody, responses={200: dict[str, Any], **shapes.PROBLEMS})
    def post(self, request: Request, item_id: int) -> Response:
        """Do it; 409 where the claim is lost or given back, or a decision stays as it is."""
        return self.once(lambda: Response(getattr(self, f"_{self.verb}")(queries.get_item(self.actor, item_id))))

    def _claim_on(self, item: ReviewItem) -> Claim:
        """The caller's last claim on an item."""
        found = Claim.objects.filter(item=item, user=self.actor.user).order_by("-pk").first()
        if found is None:
            raise errors.NotFound("You have no claim on this item.", code="claim_unknown")
        found.item = item
        return found

    def _heartbeat(self, item: ReviewItem) -> dict[str, Any]:
        return {"lease_until": services.heartbeat(by=self.actor, claim=self._claim_on(item)).lease_until}

    def _answer(self, item: ReviewItem) -> dict[str, Any]:
        body = shapes.checked(shapes.AnswerBody, self.body)
        review = services.answer(
            by=self.actor, claim=self._claim_on(item), given=_given(item, body), confidence=body.get("confidence"),
            note=body.get("note", ""), seconds=body.get("seconds"),
        )  # fmt: skip
        return {"review": review.pk, "value": review.value, "answer": review.payload}

    def _skip(self, item: ReviewItem) -> dict[str, Any]:
        body = shapes.checked(shapes.ReasonBody, self.body or {})
        services.skip(by=self.actor, claim=self._claim_on(item), reason=body.get("reason", ""))
        return {"state": "skipped"}

    def _decline(self, item: ReviewItem) -> dict[str, Any]:
        body = shapes.checked(shapes.ReasonBody, self.body or {})
        services.decline(by=self.actor, claim=self._claim_on(item), reason=body.get("reason", ""))
        return {"state": "declined"}

    def _revise(self, item: ReviewItem) -> dict[str, Any]:
        body = shapes.checked(shapes.AnswerBody, self.body)
        stored = Review.objects.filter(item=item, by=self.actor.user).order_by("-pk").first()
        if stored is None:
            raise errors.NotFound("You have not decided this item.", code="review_unknown")
        review = services.revise(
            by=self.actor, review=stored, given=_given(item, body), confidence=body.get("confidence"),
            note=body.get("note", ""),
        )  # fmt: skip
        return {"review": review.pk, "value": review.value, "answer": review.payload, "times": len(review.earlier)}

    def _release(self, item: ReviewItem) -> dict[str, Any]:
        services.release(by=self.actor, claim=self._claim_on(item))
        return {"state": "released"}

    def _adjudicate(self, item: ReviewItem) -> dict[str, Any]:
        body = shapes.checked(shapes.DecisionBody, self.body)
        gold = services.adjudicate(by=self.actor, item=item, given=_given(item, body), reason=body["reason"])
        return {"gold": [{"id": one.pk, "criterion": one.criterion, "value": one.value} for one in gold]}


def _given(item: ReviewItem, body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer in a body; a verdict has to say its value, as null is an answer."""
    if item.queue.task == Queue.Task.VERDICT and "value" not in body:
        raise errors.Invalid(
            "Say the value, or null where it cannot be decided.",
            problems=[errors.Problem("/value", "This field is required.")],
        )
    return {name: value for name, value in body.items() if name not in BESIDE}

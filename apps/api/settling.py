"""Conflicts over REST: asking more people, leaving a disagreement, and the rule that settles a queue's conflicts."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import shapes
from apps.api.base import StudioView
from apps.review import queries, services


class SendBackBody(serializers.Serializer[Any]):
    """How many more people are asked, and what they are told."""

    seats = serializers.IntegerField(required=False, min_value=1, max_value=services.MOST_SENT)
    note = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class DisagreedBody(serializers.Serializer[Any]):
    """Why people cannot agree."""

    reason = serializers.CharField(max_length=5000)


class ConsensusBody(serializers.Serializer[Any]):
    """How answers that differ are settled; an empty rule leaves them to an author."""

    rule = serializers.ChoiceField(choices=list(queries.RULES_OF_CONSENSUS), allow_blank=True)
    share = serializers.FloatField(required=False, min_value=0.5, max_value=0.99)
    limit = serializers.FloatField(required=False, min_value=0, max_value=1)


class SendBackView(StudioView):
    """More people for an item on which people differ."""

    scopes: ClassVar = {"POST": "reviews:write"}

    @extend_schema(
        operation_id="items_send_back", request=SendBackBody, responses={200: dict[str, Any], **shapes.PROBLEMS}
    )
    def post(self, request: Request, item_id: int) -> Response:
        """Open further seats; 409 where people do not differ or the queue is not open."""
        return self.once(lambda: self._do(item_id))

    def _do(self, item_id: int) -> Response:
        body = shapes.checked(SendBackBody, self.body or {})
        item = services.send_back(
            by=self.actor, item=queries.get_item(self.actor, item_id), seats=body.get("seats", 1),
            note=body.get("note", ""),
        )  # fmt: skip
        return Response({"item": item.pk, "state": item.state, "seats": item.seats})


class DisagreedView(StudioView):
    """An item on which people cannot agree."""

    scopes: ClassVar = {"POST": "reviews:write"}

    @extend_schema(
        operation_id="items_cannot_agree", request=DisagreedBody, responses={200: dict[str, Any], **shapes.PROBLEMS}
    )
    def post(self, request: Request, item_id: int) -> Response:
        """Leave it without a value; the criterion gets a remark."""
        return self.once(lambda: self._do(item_id))

    def _do(self, item_id: int) -> Response:
        body = shapes.checked(DisagreedBody, self.body)
        item = services.mark_disagreed(
            by=self.actor, item=queries.get_item(self.actor, item_id), reason=body["reason"]
        )  # fmt: skip
        return Response({"item": item.pk, "state": item.state})


class ConsensusView(StudioView):
    """The rule by which a queue settles answers that differ."""

    scopes: ClassVar = {"POST": "reviews:write"}

    @extend_schema(
        operation_id="queues_consensus", request=ConsensusBody, responses={200: dict[str, Any], **shapes.PROBLEMS}
    )
    def post(self, request: Request, queue_id: int) -> Response:
        """Choose it and settle what waits by it; answers how many items that were."""
        return self.once(lambda: self._do(queue_id))

    def _do(self, queue_id: int) -> Response:
        body = shapes.checked(ConsensusBody, self.body)
        queue = queries.get_queue(self.actor, queue_id)
        settled = services.set_consensus(by=self.actor, queue=queue, **body)
        return Response({"queue": queue.pk, "consensus": queue.consensus, "settled": settled})

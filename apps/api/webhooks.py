"""Webhooks over REST: set up, changed, rotated, tried, deleted, and what was sent to each."""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries, services
from apps.accounts.models import Delivery, DeliveryAttempt, Webhook
from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.training import bodies
from domain import webhooks

SCOPE = "admin"


class WebhookBody(bodies.Body):
    """A new webhook."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    url: Annotated[str, Field(min_length=1, max_length=webhooks.MOST_URL)]
    events: Annotated[list[bodies.Short], Field(min_length=1, max_length=20)]


class WebhookChange(WebhookBody):
    """All of a webhook as it is to be."""

    on: bool = True


class SecretBody(bodies.Body):
    """For how long messages carry a signature of the old secret, too."""

    grace_hours: Annotated[float, Field(ge=0, le=720)] = 24


class WebhookShown(answers.Answer):
    """A webhook without its secret."""

    id: str
    name: str
    url: str
    events: list[str]
    state: str = Field(description="active, failing, off (by a person) or disabled (by its failures)")
    why_off: str | None
    made_by: str
    created_at: datetime
    last_delivered_at: datetime | None
    failures: int = Field(description="Attempts in a row that failed")
    failing_since: datetime | None
    old_secret_until: datetime | None = Field(description="Until then messages carry a signature of the old one, too")


class WebhookMade(WebhookShown):
    """A webhook with its signing secret, which is told this once."""

    secret: str


class WebhookList(answers.Page):
    """Webhooks."""

    results: list[WebhookShown]


class AttemptShown(answers.Answer):
    """One try to deliver."""

    number: int
    at: datetime
    ended_at: datetime | None = Field(description="null: under way, or its worker stopped")
    status: int | None
    milliseconds: int | None
    error: str | None
    answer: str = Field(description="The beginning of what came back")
    address: str | None


class DeliveryShown(answers.Answer):
    """One message to one webhook."""

    id: str
    message: str = Field(description="The header webhook-id; the same when it is sent again")
    event: str
    state: str = Field(description="waiting, delivered or failed")
    note: str | None
    created_at: datetime
    next_at: datetime | None
    body: str = Field(description="What is signed and sent, byte for byte")
    attempts: list[AttemptShown]


class DeliveryList(answers.Page):
    """Messages, newest first."""

    results: list[DeliveryShown]


class WebhooksView(StudioView):
    """The webhooks of the workspace."""

    scopes: ClassVar = {"GET": SCOPE, "POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_list", parameters=shapes.PAGING, responses={200: WebhookList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """All webhooks, newest first."""
        return Response(paging.page(request, queries.webhooks(self.actor), _shown))

    @extend_schema(operation_id="webhooks_create", request=WebhookBody, responses={201: WebhookMade, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Set one up. The answer holds the signing secret, this once, and is not kept for an Idempotency-Key."""
        body = bodies.read(WebhookBody, self.body)
        made = services.create_webhook(by=self.actor, **body.model_dump())
        return _secret(made, status=201)


class WebhookView(StudioView):
    """One webhook."""

    scopes: ClassVar = {"GET": SCOPE, "PUT": SCOPE, "DELETE": SCOPE}

    @extend_schema(operation_id="webhooks_read", responses={200: WebhookShown, **shapes.PROBLEMS})
    def get(self, request: Request, webhook_id: str) -> Response:
        """Where it leads, what it is told, and whether it works."""
        return Response(_shown(queries.get_webhook(self.actor, webhook_id)))

    @extend_schema(
        operation_id="webhooks_change", request=WebhookChange, responses={200: WebhookShown, **shapes.PROBLEMS}
    )
    def put(self, request: Request, webhook_id: str) -> Response:
        """Change name, address and events; `on` switches it on or off."""
        found = queries.get_webhook(self.actor, webhook_id)
        body = bodies.read(WebhookChange, self.body)
        return Response(_shown(services.change_webhook(by=self.actor, webhook=found, **body.model_dump())))

    @extend_schema(operation_id="webhooks_delete", responses={204: None, **shapes.PROBLEMS})
    def delete(self, request: Request, webhook_id: str) -> Response:
        """Tell it nothing more, and forget its log."""
        services.delete_webhook(by=self.actor, webhook=queries.get_webhook(self.actor, webhook_id))
        return Response(status=204)


class WebhookRotateView(StudioView):
    """A webhook's secret."""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(operation_id="webhooks_rotate", request=SecretBody, responses={200: WebhookMade, **shapes.PROBLEMS})
    def post(self, request: Request, webhook_id: str) -> Response:
        """Make a new signing secret; the old one signs beside it for `grace_hours`."""
        grace = timedelta(hours=bodies.read(SecretBody, self.body).grace_hours)
        found = queries.get_webhook(self.actor, webhook_id)
        return _secret(services.rotate_webhook(by=self.actor, webhook=found, grace=grace), status=200)


class WebhookTestView(StudioView):
    """A webhook that is tried."""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(operation_id="webhooks_test", request=None, responses={202: DeliveryShown, **shapes.PROBLEMS})
    def post(self, request: Request, webhook_id: str) -> Response:
        """Send a message of the type `test`, once, also where the webhook is off."""
        found = queries.get_webhook(self.actor, webhook_id)
        return Response(_delivery(services.send_test(by=self.actor, webhook=found)), status=202)


class DeliveriesView(StudioView):
    """What was sent to a webhook."""

    scopes: ClassVar = {"GET": SCOPE}

    @extend_schema(
        operation_id="webhooks_deliveries", parameters=shapes.PAGING, responses={200: DeliveryList, **shapes.PROBLEMS}
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        """Messages with all their attempts, newest first."""
        found = queries.get_webhook(self.actor, webhook_id)
        return Response(paging.page(request, queries.deliveries(self.actor, found), _delivery))


class DeliverySendView(StudioView):
    """A message that is to be sent once more."""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(operation_id="webhooks_send_again", request=None, responses={202: DeliveryShown, **shapes.PROBLEMS})
    def post(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Deliver it again with the same id; 409 while it is on its way, or where the webhook is off."""
        found = queries.get_webhook(self.actor, webhook_id)
        delivery = queries.get_delivery(self.actor, found, delivery_id)
        return Response(_delivery(services.send_again(by=self.actor, delivery=delivery)), status=202)


def _secret(made: services.NewSecret, *, status: int) -> Response:
    headers = {"Location": f"/api/v1/webhooks/{made.webhook.pk}", "Cache-Control": "no-store"}
    return Response({**_shown(made.webhook), "secret": made.secret}, status=status, headers=headers)


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": str(webhook.pk), "name": webhook.name, "url": webhook.url, "events": webhook.events,
        "state": webhook.state, "why_off": webhook.off_reason or None, "made_by": webhook.created_by.username,
        "created_at": webhook.created_at, "last_delivered_at": webhook.last_ok_at, "failures": webhook.failures,
        "failing_since": webhook.failing_since, "old_secret_until": webhook.old_until,
    }  # fmt: skip


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": str(one.pk), "message": one.message, "event": one.event, "state": one.state, "note": one.note or None,
        "created_at": one.created_at, "next_at": one.next_at, "body": one.body,
        "attempts": [_attempt(attempt) for attempt in one.attempts.all()],
    }  # fmt: skip


def _attempt(one: DeliveryAttempt) -> dict[str, Any]:
    return {
        "number": one.number, "at": one.at, "ended_at": one.ended_at, "status": one.status,
        "milliseconds": one.milliseconds, "error": one.error or None, "answer": one.answer,
        "address": one.address or None,
    }  # fmt: skip

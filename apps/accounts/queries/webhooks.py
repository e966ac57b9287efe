"""What is known about webhooks: the list of them, one, and the log of what was sent."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from apps.accounts import permissions
from apps.accounts.models import Delivery, Webhook
from apps.accounts.permissions import Actor
from domain import errors


def webhooks(actor: Actor) -> QuerySet[Webhook]:
    """The workspace's webhooks, newest first."""
    permissions.check_webhooks(actor)
    return Webhook.objects.filter(workspace=actor.workspace).select_related("created_by").order_by("-created_at", "-pk")


def get_webhook(actor: Actor, key: Any) -> Webhook:
    """A webhook of the actor's workspace."""
    try:
        return webhooks(actor).get(pk=uuid.UUID(str(key)))
    except (Webhook.DoesNotExist, ValidationError, ValueError) as missing:
        raise errors.NotFound("There is no such webhook.", code="webhook_unknown") from missing


def deliveries(actor: Actor, webhook: Webhook) -> QuerySet[Delivery]:
    """What was sent to a webhook and what came of it, newest first."""
    permissions.check_webhooks(actor)
    rows = Delivery.objects.filter(webhook=webhook, webhook__workspace=actor.workspace)
    return rows.select_related("webhook").prefetch_related("attempts").order_by("-created_at", "-pk")


def get_delivery(actor: Actor, webhook: Webhook, key: Any) -> Delivery:
    """One message to a webhook."""
    try:
        return deliveries(actor, webhook).get(pk=uuid.UUID(str(key)))
    except (Delivery.DoesNotExist, ValidationError, ValueError) as missing:
        raise errors.NotFound("There is no such delivery.", code="delivery_unknown") from missing

"""Webhooks: addresses that are told of events with signed messages; set up, rotated, tried, and what is told them."""

import secrets
import time
import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts import permissions
from apps.accounts.models import Delivery, Webhook, Workspace
from apps.accounts.permissions import Actor
from apps.core import posting, sealing
from apps.history import services as history
from apps.jobs import services as jobs
from apps.jobs.models import OPEN_JOBS, Job
from domain import errors, webhooks

KIND = "webhook"
MOST_HOOKS = 50
MOST_NAME = 80
USUAL_GRACE = timedelta(hours=24)
MOST_GRACE = timedelta(hours=720)
EVERY_SECONDS = 3600.0
AT_ONCE = 5000
_next = 0.0


class NewSecret(NamedTuple):
    """A webhook and its signing secret, which is told this once."""

    webhook: Webhook
    secret: str


@transaction.atomic
def create_webhook(*, by: Actor, name: str, url: str, events: Collection[str]) -> NewSecret:
    """Tell an address of events from now on; its signing secret is in the answer and never again."""
    permissions.check_webhooks(by)
    fields = _checked(name, url, events)
    Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    if Webhook.objects.filter(workspace=by.workspace).count() >= MOST_HOOKS:
        raise errors.Conflict(f"A workspace has at most {MOST_HOOKS} webhooks.", code="webhooks_full")
    secret = webhooks.new_secret(secrets.token_bytes(webhooks.SECRET_BYTES))
    made = Webhook.objects.create(
        workspace=by.workspace, created_by=by.user, secret_sealed=sealing.seal(secret), **fields
    )
    _record(by, "webhook.created", made, host=_host(made), events=made.events)
    return NewSecret(made, secret)


@transaction.atomic
def change_webhook(
    *, by: Actor, webhook: Webhook, name: str, url: str, events: Collection[str], on: bool = True
) -> Webhook:
    """Give it another name, address or other events, or switch it on or off; on again it has no failures."""
    permissions.check_webhooks(by)
    held, fields = _held(by, webhook), _checked(name, url, events)
    if (on and held.off_at is not None) or fields["url"] != held.url:
        fields |= {"failures": 0, "failing_since": None, "rest_until": None}
    if on:
        fields |= {"off_at": None, "off_reason": ""}
    elif held.off_at is None:
        fields |= {"off_at": timezone.now()}
    for field, value in fields.items():
        setattr(held, field, value)
    held.save(update_fields=list(fields))
    _record(by, "webhook.changed", held, host=_host(held), events=held.events, on=on)
    return held


@transaction.atomic
def rotate_webhook(*, by: Actor, webhook: Webhook, grace: timedelta = USUAL_GRACE) -> NewSecret:
    """Make a new signing secret; for `grace` messages carry a signature of the old one beside it."""
    permissions.check_webhooks(by)
    if not timedelta(0) <= grace <= MOST_GRACE:
        problem = errors.Problem("/grace_hours", "The old secret may go on for 0 to 720 hours.")
        raise errors.Invalid(problem.message, code="grace_invalid", problems=[problem])
    held = _held(by, webhook)
    secret = webhooks.new_secret(secrets.token_bytes(webhooks.SECRET_BYTES))
    held.old_secret_sealed, held.old_until = (held.secret_sealed, timezone.now() + grace) if grace else (None, None)
    held.secret_sealed = sealing.seal(secret)
    held.save(update_fields=["secret_sealed", "old_secret_sealed", "old_until"])
    until = held.old_until.isoformat(timespec="minutes") if held.old_until else None
    _record(by, "webhook.secret_rotated", held, old_until=until)
    return NewSecret(held, secret)


@transaction.atomic
def delete_webhook(*, by: Actor, webhook: Webhook) -> None:
    """Tell it nothing more, and forget its log; history keeps that it was there."""
    permissions.check_webhooks(by)
    held = _held(by, webhook)
    _record(by, "webhook.deleted", held, host=_host(held))
    held.delete()


@transaction.atomic
def send_test(*, by: Actor, webhook: Webhook) -> Delivery:
    """Send a message of no importance, once, also where the webhook is off."""
    permissions.check_webhooks(by)
    held = _held(by, webhook)
    said = {"workspace": by.workspace.slug, "webhook": str(held.pk), "says": "This is a test."}
    made = _deliver(held, event=webhooks.TEST, event_id=uuid.uuid4(), body=_body(webhooks.TEST, said))
    _record(by, "webhook.tested", held)
    return made


@transaction.atomic
def send_again(*, by: Actor, delivery: Delivery) -> Delivery:
    """Deliver a message once more, with the same id; what waits is sent at once."""
    permissions.check_webhooks(by)
    hook = _held(by, delivery.webhook)
    held = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if hook.off_at is not None and held.event != webhooks.TEST:
        raise errors.Conflict("This webhook is off. Switch it on first.", code="webhook_off")
    if held.state == Delivery.State.WAITING:
        raise errors.Conflict("This message is on its way already.", code="delivery_waiting")
    held.state, held.note, held.since, held.tries = Delivery.State.WAITING, "", timezone.now(), 0
    held.next_at, held.job = None, _job(hook, held)
    held.save(update_fields=["state", "note", "since", "tries", "next_at", "job"])
    _record(by, "webhook.sent_again", hook, message=held.message)
    return held


def announce(*, workspace: Workspace, event: str, data: Mapping[str, Any]) -> list[Delivery]:
    """Tell the workspace's webhooks that want to know, in the transaction in which it happened.

    `data` holds names, ids, numbers and the reasons that people gave, never a text from data or prompts.
    """
    wanted = list(Webhook.objects.filter(workspace=workspace, off_at=None, events__contains=[event]).order_by("pk"))
    if not wanted:
        return []
    event_id, body = uuid.uuid4(), _body(event, {"workspace": workspace.slug, **data})
    with transaction.atomic():
        return [_deliver(hook, event=event, event_id=event_id, body=body) for hook in wanted]


def forget_deliveries() -> int:
    """Drop what has stood in the log for long enough; says how much."""
    before = timezone.now() - timedelta(days=settings.STUDIO_WEBHOOK_LOG_DAYS)
    old = Delivery.objects.filter(since__lt=before).exclude(state=Delivery.State.WAITING)
    keys = list(old.values_list("pk", flat=True)[:AT_ONCE])
    with transaction.atomic():
        Delivery.objects.filter(pk__in=keys).delete()
        ended = Job.objects.filter(kind=KIND, finished_at__lt=before).exclude(state__in=OPEN_JOBS)
        Job.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return len(keys)


def sweep() -> int:
    """Look once an hour."""
    global _next  # noqa: PLW0603 (the sweeper is one process and this is its clock)
    if time.monotonic() < _next:
        return 0
    _next = time.monotonic() + EVERY_SECONDS
    return forget_deliveries()


def _deliver(hook: Webhook, *, event: str, event_id: uuid.UUID, body: str) -> Delivery:
    made = Delivery.objects.create(webhook=hook, event=event, event_id=event_id, body=body)
    made.job = _job(hook, made)
    made.save(update_fields=["job"])
    return made


def _job(hook: Webhook, delivery: Delivery) -> Job:
    return jobs.create_job(
        by=None, workspace=hook.workspace, kind=KIND, shards=[{"delivery": str(delivery.pk)}],
        title=f"{delivery.event} to {hook.name}", params={"webhook": str(hook.pk)}, newest_first=True, quiet=True,
    )  # fmt: skip


def _body(event: str, data: Mapping[str, Any]) -> str:
    now = timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"type": event, "timestamp": now, "data": dict(data)}).decode()


def _checked(name: str, url: str, events: Collection[str]) -> dict[str, Any]:
    problems = []
    if not name.strip() or len(name.strip()) > MOST_NAME or not name.isprintable():
        problems.append(errors.Problem("/name", f"Give it a name of at most {MOST_NAME} characters."))
    for check in (lambda: webhooks.target_of(url.strip(), posting.rules()), lambda: webhooks.chosen(events)):
        try:
            check()
        except errors.Invalid as error:
            problems += error.problems
    if problems:
        raise errors.Invalid(" ".join(one.message for one in problems), code="webhook_invalid", problems=problems)
    return {"name": name.strip(), "url": url.strip(), "events": webhooks.chosen(events)}


def _held(by: Actor, webhook: Webhook) -> Webhook:
    found = Webhook.objects.select_for_update().filter(pk=webhook.pk, workspace=by.workspace).first()
    if found is None:
        raise errors.NotFound("There is no such webhook.", code="webhook_unknown")
    return found


def _host(hook: Webhook) -> str:
    return webhooks.target_of(hook.url, posting.rules()).host


def _record(by: Actor, action: str, webhook: Webhook, **detail: Any) -> None:
    history.record(by=by, workspace=by.workspace, action=action, target=webhook, detail=detail)

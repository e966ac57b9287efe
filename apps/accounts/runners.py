"""What a worker does: sends one message to one webhook, and writes down what came of it."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import Delivery, DeliveryAttempt, Webhook
from apps.core import posting, sealing
from apps.history import services as history
from apps.jobs.leases import Lease, NotYet
from apps.jobs.models import Job, JobState, Shard
from domain import errors, webhooks

MOST_FAILURES = 20
FAILS_FOR = timedelta(days=1)
"""So many attempts in a row, and for so long, switch a webhook off."""
GONE = 410
MOST_NOTE = 300
MOST_SHOWN = 500
MOST_WAIT = 3600
USER_AGENT = "RubricStudio-Webhooks/1"


class GivenUp(errors.Conflict):
    """A message was not delivered and is not tried again."""

    default_code = "delivery_failed"


def deliver(shard: Shard, lease: Lease) -> dict[str, int]:
    """Try once; raises NotYet with the time of the next attempt, GivenUp where there is none.

    A worker that dies in between leaves its attempt without an end, and another one sends the same message again.
    """
    found = Delivery.objects.select_related("webhook__workspace").filter(pk=shard.payload["delivery"]).first()
    if found is None or found.state != Delivery.State.WAITING:
        return {}
    _check_due(found, lease)
    attempt = _begin(found, lease)
    reply = _sent(found)
    with transaction.atomic():
        lease.guard()
        hook = Webhook.objects.select_for_update().select_related("workspace").get(pk=found.webhook_id)
        _note(attempt, reply)
        if reply.ok:
            _delivered(hook, found)
        else:
            later = _failed(hook, found, reply)
    if reply.ok:
        return {"delivered": 1}
    if later is None:
        raise GivenUp(found.note)
    raise NotYet(found.note, at=later)


def finish_delivery(job: Job) -> None:
    """A message whose job ended otherwise (cancelled, or its workers died again and again) waits no more."""
    why = "Cancelled." if job.state == JobState.CANCELLED else "Its workers stopped before it was delivered."
    left = Delivery.objects.filter(job=job, state=Delivery.State.WAITING)
    left.update(state=Delivery.State.FAILED, note=why, next_at=None)


def _check_due(found: Delivery, lease: Lease) -> None:
    """Hold back what is not to be sent now: its webhook was switched off, or rests after a failure."""
    hook, now = found.webhook, timezone.now()
    if found.event == webhooks.TEST:
        return
    if hook.off_at is not None:
        _give_up(found, lease, "The webhook is off.")
    if hook.rest_until is None or hook.rest_until <= now:
        return
    if now - found.since > timedelta(seconds=webhooks.LONGEST_SECONDS):
        _give_up(found, lease, "The webhook failed for longer than a message waits.")
    later = hook.rest_until + timedelta(seconds=random.uniform(0, 5))
    Delivery.objects.filter(pk=found.pk).update(next_at=later)
    raise NotYet("The webhook rests after a failure.", at=later)


def _give_up(found: Delivery, lease: Lease, why: str) -> None:
    with transaction.atomic():
        lease.guard()
        found.state, found.note, found.next_at = Delivery.State.FAILED, why, None
        found.save(update_fields=["state", "note", "next_at"])
    raise GivenUp(why)


def _begin(found: Delivery, lease: Lease) -> DeliveryAttempt:
    with transaction.atomic():
        lease.guard()
        last = found.attempts.aggregate(n=Max("number"))["n"] or 0
        return DeliveryAttempt.objects.create(delivery=found, number=last + 1)


def _sent(found: Delivery) -> posting.Reply:
    now, body = timezone.now(), found.body.encode()
    try:
        secrets = _secrets(found.webhook)
    except sealing.SealBroken as broken:
        return posting.Reply(0, error=broken.message)
    told = webhooks.headers(secrets, message=found.message, timestamp=int(now.timestamp()), body=body)
    told["User-Agent"] = USER_AGENT
    return posting.post(found.webhook.url, body, told, seconds=settings.STUDIO_WEBHOOK_SECONDS)


def _secrets(hook: Webhook) -> list[str]:
    """The secrets that sign now, the newest first."""
    sealed = [hook.secret_sealed]
    if hook.old_secret_sealed is not None and hook.old_until is not None and hook.old_until > timezone.now():
        sealed.append(hook.old_secret_sealed)
    return [sealing.unseal(bytes(one)) for one in sealed]


def _note(attempt: DeliveryAttempt, reply: posting.Reply) -> None:
    attempt.ended_at, attempt.status, attempt.milliseconds = timezone.now(), reply.status, reply.milliseconds
    attempt.error, attempt.answer = reply.error[:MOST_NOTE], reply.text[:MOST_SHOWN]
    attempt.address = reply.address
    attempt.save(update_fields=["ended_at", "status", "milliseconds", "error", "answer", "address"])


def _delivered(hook: Webhook, found: Delivery) -> None:
    found.state, found.note, found.next_at = Delivery.State.DELIVERED, "", None
    found.save(update_fields=["state", "note", "next_at"])
    if found.event != webhooks.TEST:
        hook.failures, hook.failing_since, hook.rest_until = 0, None, None
    hook.last_ok_at = timezone.now()
    hook.save(update_fields=["failures", "failing_since", "rest_until", "last_ok_at"])


def _failed(hook: Webhook, found: Delivery, reply: posting.Reply) -> datetime | None:
    """Write down a failure; the time of the next attempt, None where there is none."""
    now = timezone.now()
    found.tries += 1
    found.note = (reply.error or f"The receiver answered {reply.status}.")[:MOST_NOTE]
    wait = None if found.event == webhooks.TEST else webhooks.pause(found.tries, random.random())
    if wait is not None and reply.retry_after:
        wait = max(wait, min(reply.retry_after, MOST_WAIT))
    if found.event != webhooks.TEST:
        _count_failure(hook, reply, wait)
    if wait is None or hook.off_at is not None:
        found.state, found.next_at = Delivery.State.FAILED, None
    else:
        found.next_at = now + timedelta(seconds=wait)
    found.save(update_fields=["state", "note", "next_at", "tries"])
    return found.next_at


def _count_failure(hook: Webhook, reply: posting.Reply, wait: float | None) -> None:
    now = timezone.now()
    hook.failures += 1
    hook.failing_since = hook.failing_since or now
    hook.rest_until = now + timedelta(seconds=min(wait or webhooks.MOST_REST, webhooks.MOST_REST))
    hook.save(update_fields=["failures", "failing_since", "rest_until"])
    if reply.status == GONE:
        _switch_off(hook, "The receiver answered 410: it wants no more.")
    elif hook.failures >= MOST_FAILURES and now - hook.failing_since >= FAILS_FOR:
        _switch_off(hook, f"{hook.failures} attempts in a row failed over more than a day.")


def _switch_off(hook: Webhook, why: str) -> None:
    if hook.off_at is not None:
        return
    hook.off_at, hook.off_reason = timezone.now(), why
    hook.save(update_fields=["off_at", "off_reason"])
    history.record(
        by=None, workspace=hook.workspace, action="webhook.disabled", target=hook, detail={"failures": hook.failures}
    )

"""Seats at items under a lease: never the same person twice at one item, never more people than seats.

Locks are always taken in one order: the person's own advisory lock, then claims, then items. Leases begin and end by
the database's clock, so that web servers whose clocks differ agree on who sits where.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.review import permissions, queries
from apps.review.models import Claim, Queue, ReviewItem
from domain import errors

LEASE = timedelta(minutes=20)
BATCH = 500
# The item at hand and the one fetched ahead.
MOST_HELD = 2
HOLDING = (Claim.State.LEASED, Claim.State.ANSWERED, Claim.State.DECLINED)


@transaction.atomic
def claim(*, by: Actor, queue: Queue, beside: int = 0) -> Claim | None:
    """The person's live claim, or a seat at the next item that wants one; None where nothing is left for them.

    With `beside`, the key of the claim they are at, it is the one after it: a page asks for it ahead, so that it can
    show the next item at once. Nobody holds more than these two.
    """
    permissions.check_may_review(by, queue)
    now = _one_at_a_time(by, queue)
    _expire(Claim.objects.filter(queue=queue))
    mine = Claim.objects.select_for_update(of=("self",)).filter(queue=queue, user=by.user, state=Claim.State.LEASED)
    live = next((held for held in mine.order_by("pk") if held.pk != beside), None)
    if live is not None:
        live.lease_until = now + LEASE
        live.save(update_fields=["lease_until"])
        live.queue = live.item.queue = queue
        return live
    if Queue.objects.values_list("state", flat=True).get(pk=queue.pk) != Queue.State.OPEN:
        raise errors.Conflict("This queue gives out no items now.", code="queue_not_open")
    item = _pick(by, queue, skip_locked=True) or _pick(by, queue, skip_locked=False)
    return None if item is None else _seat(by, queue, item, now)


@transaction.atomic
def heartbeat(*, by: Actor, claim: Claim) -> Claim:
    """Keep a claim while somebody works on it, and the one fetched ahead; one that ran out lives again where it can."""
    held = own_claim(by, claim)
    permissions.check_may_review(by, held.queue)
    mine = Claim.objects.filter(queue=held.queue_id, user=by.user, state=Claim.State.LEASED)
    if held.state == Claim.State.EXPIRED and mine.count() < MOST_HELD:
        take_back(by, held)
    if held.state != Claim.State.LEASED:
        raise errors.Conflict("This item is no longer yours.", code="claim_lost")
    held.lease_until = _now() + LEASE
    held.save(update_fields=["lease_until"])
    mine.filter(pk__gt=held.pk).update(lease_until=held.lease_until)
    return held


def skip(*, by: Actor, claim: Claim, reason: str = "") -> Claim:
    """Leave an item for later; it comes back when nothing else is left."""
    return _give_up(by, claim, Claim.State.SKIPPED, reason)


def decline(*, by: Actor, claim: Claim, reason: str) -> Claim:
    """Say that one cannot decide an item; it never comes back to this person."""
    if not reason.strip():
        raise errors.Invalid("Say why you decline, so that the author can learn from it.", code="reason_missing")
    return _give_up(by, claim, Claim.State.DECLINED, reason)


def release(*, by: Actor, claim: Claim) -> Claim:
    """Give an item back without a word."""
    return _give_up(by, claim, Claim.State.RELEASED, "")


@transaction.atomic
def release_ahead(*, by: Actor, queue: Queue, beside: int) -> None:
    """Give back the item that was fetched ahead of the claim with this key."""
    mine = Claim.objects.filter(queue=queue, user=by.user, state=Claim.State.LEASED, pk__gt=beside)
    for held in mine.order_by("pk"):
        _give_up(by, held, Claim.State.RELEASED, "")


@transaction.atomic
def release_dead_leases() -> int:
    """Free the seats of people who went away; called by the sweeper."""
    return _expire(Claim.objects.all())


def own_claim(by: Actor, claim: Claim) -> Claim:
    """The person's claim as it stands, locked, with the item that was read with it; nobody else can see it."""
    mine = Claim.objects.select_for_update(of=("self",)).filter(user=by.user, queue__workspace=by.workspace)
    held = mine.filter(pk=claim.pk).first()
    if held is None:
        raise errors.NotFound("There is no such claim of yours.", code="claim_unknown")
    held.item = claim.item
    held.queue = held.item.queue
    return held


def take_back(by: Actor, held: Claim) -> None:
    """Live again after the lease ran out, where the seat is still free."""
    item = ReviewItem.objects.select_for_update(of=("self",)).get(pk=held.item_id)
    others = item.claims.filter(user=by.user, state__in=HOLDING).exclude(pk=held.pk)
    if item.taken >= item.seats or item.state != ReviewItem.State.OPEN or others.exists():
        raise errors.Conflict(
            "You were away too long and somebody else decided this item in the meantime. Your answer was not stored.",
            code="claim_lost",
        )
    ReviewItem.objects.filter(pk=item.pk).update(taken=F("taken") + 1)
    held.state, held.lease_until, held.ended_at = Claim.State.LEASED, _now() + LEASE, None
    held.save(update_fields=["state", "lease_until", "ended_at"])


def _one_at_a_time(by: Actor, queue: Queue) -> datetime:
    """Two tabs of one person take turns, so that both get the same item; returns the database's time then."""
    with connection.cursor() as cursor:
        keys = [queue.pk % 2**31, by.user.pk % 2**31]
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s), clock_timestamp()", keys)
        now: datetime = cursor.fetchone()[1]
        return now


def _now() -> datetime:
    """The time by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def _pick(by: Actor, queue: Queue, *, skip_locked: bool) -> ReviewItem | None:
    for items in queries.offers(by, queue):
        known = items.select_related("subject__prompt", "version")
        item = known.select_for_update(skip_locked=skip_locked, of=("self",)).first()
        if item is not None:
            return item
    return None


def _seat(by: Actor, queue: Queue, item: ReviewItem, now: datetime) -> Claim:
    ReviewItem.objects.filter(pk=item.pk).update(taken=F("taken") + 1)
    item.queue = queue
    return Claim.objects.create(item=item, queue=queue, user=by.user, lease_until=now + LEASE)


@transaction.atomic
def _give_up(by: Actor, claim: Claim, state: Claim.State, reason: str) -> Claim:
    held = own_claim(by, claim)
    if held.state != Claim.State.LEASED:
        raise errors.Conflict("This item is no longer yours.", code="claim_lost")
    held.state, held.reason, held.ended_at = state, reason.strip()[:300], timezone.now()
    held.save(update_fields=["state", "reason", "ended_at"])
    ReviewItem.objects.filter(pk=held.item_id).update(taken=F("taken") - 1)
    return held


def _expire(claims: "QuerySet[Claim]") -> int:
    dead = list(
        claims.select_for_update(skip_locked=True, of=("self",))
        .filter(state=Claim.State.LEASED, lease_until__lt=Now())
        .order_by("pk")[:BATCH]
    )
    for held in sorted(dead, key=lambda one: one.item_id):
        held.state, held.ended_at = Claim.State.EXPIRED, timezone.now()
        held.save(update_fields=["state", "ended_at"])
        ReviewItem.objects.filter(pk=held.item_id).update(taken=F("taken") - 1)
    return len(dead)

"""Storing decisions: first without the judge's verdict, then what the person makes of it."""

import math
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.datasets.models import Label
from apps.history import services as history
from apps.review import permissions, queries
from apps.review.models import Claim, Review, ReviewItem
from apps.review.services import claiming, recording, settling
from domain import errors
from domain.decisions import Decision, same_number

MOST_SECONDS = 3600
MOST_NOTE = 5_000


@transaction.atomic
def answer(
    *, by: Actor, claim: Claim, given: Mapping[str, Any], confidence: float | None = None, note: str = "",
    seconds: float | None = None, reveals: bool = False,
) -> Review:  # fmt: skip
    """Store a decision as review, labels and preferences; sending it twice stores it once.

    `given` is the answer as the task of the queue takes it: see `queries.asks`. With `reveals` the person is shown the
    judge's verdicts next, which is stored with it.
    """
    held = claiming.own_claim(by, claim)
    permissions.check_may_review(by, held.item.queue)
    ask = queries.ask_of(held.item, by.user.pk)
    stored = None if held.state == Claim.State.LEASED else Review.objects.filter(claim=held).first()
    if stored is None and held.state not in {Claim.State.LEASED, Claim.State.EXPIRED}:
        raise errors.Conflict("You gave this item back, so nothing was stored.", code="claim_lost")
    check(ask, note=note, confidence=confidence)
    decision = ask.decide(given, note)
    if stored is not None:
        return shown(by, _same(ask, stored, decision)) if reveals else _same(ask, stored, decision)
    if held.state == Claim.State.EXPIRED:
        claiming.take_back(by, held)
    mode = Label.Mode.BLIND if held.item.queue.blind else Label.Mode.ASSISTED
    taken = recording.repeats(by, ask, mode)
    review = Review.objects.create(
        item=held.item, claim=held, by=by.user, mode=mode, value=decision.value, confidence=confidence,
        spans=list(decision.spans), payload=dict(decision.payload), note=note.strip(), seconds=_seconds(seconds),
        repeat=recording.next_repeat(by, ask, decision, mode, taken),
    )  # fmt: skip
    held.state, held.ended_at = Claim.State.ANSWERED, timezone.now()
    held.save(update_fields=["state", "ended_at"])
    recording.store(by, ask, review, decision, mode, taken=taken)
    settling.settle(held.item)
    history.record(by=by, workspace=by.workspace, action="review.answered", target=review, detail=_what(held.item))
    return shown(by, review) if reveals else review


def shown(by: Actor, review: Review) -> Review:
    """Note inside a transaction that the person is shown the judge's verdicts, once."""
    if review.revealed_at is None:
        review.revealed_at = timezone.now()
        review.save(update_fields=["revealed_at"])
        history.record(by=by, workspace=by.workspace, action="review.revealed", target=review)
    return review


@transaction.atomic
def keep(*, by: Actor, review: Review) -> Review:
    """Stay with one's decision after seeing the judge's verdict."""
    own = own_review(by, review)
    if own.after == Review.After.NONE:
        own.after, own.changed_at = Review.After.KEPT, timezone.now()
        own.save(update_fields=["after", "changed_at"])
    return own


@transaction.atomic
def change(*, by: Actor, review: Review, given: Mapping[str, Any], reason: str) -> Review:
    """Decide otherwise after seeing the judge's verdict; the first decision stays beside it."""
    own = own_review(by, review)
    if not reason.strip():
        raise errors.Invalid("Say what made you change it.", code="reason_missing")
    ask = queries.ask_of(own.item, by.user.pk)
    check(ask, note=reason, confidence=None)
    decision = ask.decide(given, reason)
    if own.after == Review.After.CHANGED:
        if same_number(own.after_value, decision.value) and own.after_reason == reason.strip():
            return own
        raise errors.Conflict("You changed this decision already.", code="review_changed")
    own.after, own.after_value, own.after_reason = Review.After.CHANGED, decision.value, reason.strip()
    own.payload = {**own.payload, "after": dict(decision.payload)}
    own.changed_at = timezone.now()
    own.save(update_fields=["after", "after_value", "after_reason", "payload", "changed_at"])
    taken = recording.repeats(by, ask, Label.Mode.ASSISTED)
    recording.store(by, ask, own, decision, Label.Mode.ASSISTED, taken=taken, note=reason)
    settling.settle(own.item)
    history.record(by=by, workspace=by.workspace, action="review.changed", target=own, detail=_what(own.item))
    return own


def _same(ask: queries.Ask, stored: Review, decision: Decision) -> Review:
    first = ask.first_of(stored)
    if not same_number(first.value, decision.value) or first.payload != dict(decision.payload):
        raise errors.Conflict(
            "You decided this already, and otherwise. The first decision stays.", code="review_stored"
        )
    return stored


def own_review(by: Actor, review: Review) -> Review:
    """The person's decision as it stands, locked, with the item that was read with it; nobody else can see it."""
    mine = Review.objects.select_for_update(of=("self",)).filter(by=by.user, item__queue__workspace=by.workspace)
    own = mine.filter(pk=review.pk).first()
    if own is None:
        raise errors.NotFound("There is no such decision of yours.", code="review_unknown")
    own.item = review.item
    permissions.check_may_review(by, own.item.queue)
    return own


def check(ask: queries.Ask, *, note: str, confidence: float | None) -> None:
    """Refuse what stands beside an answer where it is out of range."""
    if confidence is not None and not (math.isfinite(confidence) and 0 <= confidence <= 1):
        raise errors.Invalid("How sure you are lies between 0 and 1.", code="confidence_invalid")
    if len(note) > MOST_NOTE or "\x00" in note:
        raise errors.Invalid(f"A note has at most {MOST_NOTE:,} characters.", code="note_invalid")
    if ask.note_needed and not note.strip():
        raise errors.Invalid(f"“{ask.note_label}” is needed.", code="note_missing")


def _seconds(seconds: float | None) -> float | None:
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, MOST_SECONDS)


def _what(item: ReviewItem) -> dict[str, Any]:
    return {"queue": item.queue_id, "item": item.pk, "subject": item.subject_id, "criterion": item.criterion}

"""Settling what people disagree on."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.review import permissions, queries
from apps.review.models import Gold, Queue, Review, ReviewItem
from apps.review.services import settling
from domain import errors

MOST_WORDS = 300
MOST_NOTE = 1_000
MOST_SENT = 3
MOST_SEATS = 15
CANNOT_AGREE = "cannot agree"


@transaction.atomic
def adjudicate(
    *, by: Actor, item: ReviewItem, given: Mapping[str, Any], reason: str, revealed: bool = False
) -> list[Gold]:
    """Settle an item with a reason; what is decided becomes gold, earlier gold is kept and points to it.

    `revealed` says that the author had looked at names and judges' verdicts before.
    """
    locked = _settled_by(by, item)
    if locked.state == ReviewItem.State.OPEN:
        raise errors.Conflict("Not everybody has answered yet.", code="item_open")
    _check_reason(reason)
    ask = queries.ask_of(locked)
    decision = ask.decide(given, reason)
    reviews = list(Review.objects.filter(item=locked).order_by("pk").values_list("pk", flat=True))
    detail = {"how": "adjudication", "reviews": reviews, **({"revealed": True} if revealed else {})}
    gold = settling.set_gold(locked, ask.gold(decision), by=by.user, reason=reason.strip(), provenance=detail)
    locked.state, locked.gold_id = ReviewItem.State.RESOLVED, gold[0].pk if gold else None
    locked.payload.pop("disagreed", None)
    locked.save(update_fields=["state", "gold_id", "payload"])
    history.record(
        by=by, workspace=by.workspace, action="review.adjudicated", target=locked,
        detail={"gold": [one.pk for one in gold], "reviews": reviews, "decision": ask.words(decision)[:MOST_WORDS]},
    )  # fmt: skip
    return gold


@transaction.atomic
def send_back(*, by: Actor, item: ReviewItem, seats: int = 1, note: str = "") -> ReviewItem:
    """Ask so many more people about an item on which people differ; they read the note, not what others said."""
    locked = _settled_by(by, item)
    if locked.state != ReviewItem.State.CONFLICT:
        raise errors.Conflict("People do not differ on this item, or it is settled.", code="item_not_in_conflict")
    if locked.queue.state != Queue.State.OPEN:
        raise errors.Conflict("Open the queue first; a closed one gives out no items.", code="queue_not_open")
    if not 1 <= seats <= MOST_SENT or locked.seats + seats > MOST_SEATS:
        raise errors.Invalid(
            f"One to {MOST_SENT} more people can be asked, at most {MOST_SEATS} in all.", code="seats_invalid"
        )
    if len(note) > MOST_NOTE or "\x00" in note:
        raise errors.Invalid(f"A note has at most {MOST_NOTE:,} characters.", code="note_invalid")
    locked.seats += seats
    locked.state = ReviewItem.State.OPEN
    earlier = locked.payload.get("sent_back", [])
    locked.payload["sent_back"] = [*earlier, {"note": note.strip(), "seats": seats, "by": by.user.pk}]
    locked.save(update_fields=["seats", "state", "payload"])
    history.record(
        by=by, workspace=by.workspace, action="review.sent_back", target=locked,
        detail={"seats": seats, "note": note.strip()[:MOST_WORDS]},
    )  # fmt: skip
    return locked


@transaction.atomic
def mark_disagreed(*, by: Actor, item: ReviewItem, reason: str) -> ReviewItem:
    """Say that people cannot agree on an item: it gets no value, and its criterion a remark to be mended."""
    locked = _settled_by(by, item)
    if locked.state != ReviewItem.State.CONFLICT:
        raise errors.Conflict("People do not differ on this item, or it is settled.", code="item_not_in_conflict")
    _check_reason(reason)
    reviews = list(Review.objects.filter(item=locked).order_by("pk"))
    ask = queries.ask_of(locked)
    asked = {(one.criterion, one.digest) for review in reviews for one in ask.gold(ask.said(review))}
    gold = settling.set_gold(
        locked, [queries.GoldOf(name, digest, None) for name, digest in sorted(asked)], by=by.user,
        reason=reason.strip(), provenance={"how": CANNOT_AGREE, "reviews": [review.pk for review in reviews]},
    )  # fmt: skip
    locked.state = ReviewItem.State.RESOLVED
    locked.payload["disagreed"] = True
    locked.save(update_fields=["state", "payload"])
    history.record(
        by=by, workspace=by.workspace, action="review.disagreed", target=locked,
        detail={"gold": [one.pk for one in gold], "reason": reason.strip()[:MOST_WORDS]},
    )  # fmt: skip
    return locked


@transaction.atomic
def set_consensus(*, by: Actor, queue: Queue, rule: str, share: float = 0.5, limit: float = 0.25) -> int:
    """Choose how answers that differ are settled in a queue, and settle so what waits; returns how many it settled.

    What an author settled stays. An empty rule leaves conflicts to an author, also those settled by a rule before as
    soon as an answer changes.
    """
    permissions.check_may_settle(by)
    if queue.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such queue here.", code="queue_unknown")
    wanted = consensus(rule=rule, share=share, limit=limit)
    held = Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    held.consensus = queue.consensus = wanted
    held.save(update_fields=["consensus"])
    waiting = queries.conflicts_to_settle(held.pk)
    for item in waiting:
        settling.settle(item)
    left = ReviewItem.objects.filter(queue=held, state=ReviewItem.State.CONFLICT).count()
    detail = {**held.consensus, "settled": len(waiting) - left}
    history.record(by=by, workspace=by.workspace, action="queue.consensus_set", target=held, detail=detail)
    return len(waiting) - left


def consensus(*, rule: str = "", share: float = 0.5, limit: float = 0.25) -> dict[str, Any]:
    """How answers that differ are settled, as a queue keeps it; Invalid for what is no rule or out of range."""
    if rule not in queries.RULES_OF_CONSENSUS:
        raise errors.Invalid(f"There is no rule “{rule[:40]}”.", code="rule_unknown")
    if not 0.5 <= share < 1:
        raise errors.Invalid("The share that decides lies from 0.5 to below 1.", code="share_invalid")
    if not 0 <= limit <= 1:
        raise errors.Invalid("The limit of the spread lies from 0 to 1.", code="limit_invalid")
    return {"rule": rule, "share": share, "limit": limit} if rule else {}


@transaction.atomic
def supersede_gold(*, by: Actor, gold: Gold, given: Mapping[str, Any], reason: str) -> Gold:
    """Put another value, `{value, applies}`, in the place of gold; none withdraws it. What held stays to be read."""
    permissions.check_may_settle(by)
    held = (
        Gold.objects.select_for_update(of=("self",))
        .select_related("item__queue__workspace", "item__version__rubric")
        .filter(pk=gold.pk, workspace=by.workspace)
        .first()
    )
    if held is None:
        raise errors.NotFound("There is no such gold here.", code="gold_unknown")
    if held.superseded_by_id is not None:
        raise errors.Conflict("Other gold holds here already; supersede that.", code="gold_superseded")
    if not reason.strip():
        raise errors.Invalid("Give the reason; it is kept with the gold.", code="reason_missing")
    wanted = queries.gold_as_given(held, given, reason)
    assert held.item is not None
    detail = {"how": "superseded", "before": held.pk, "reviews": held.provenance.get("reviews", [])}
    after = settling.set_gold(held.item, [wanted], by=by.user, reason=reason.strip(), provenance=detail)[0]
    ReviewItem.objects.filter(pk=held.item.pk, gold_id=held.pk).update(gold_id=after.pk)
    history.record(
        by=by, workspace=by.workspace, action="gold.superseded", target=after,
        detail={"before": held.pk, "was": held.value, "value": after.value},
    )  # fmt: skip
    return after


def _settled_by(by: Actor, item: ReviewItem) -> ReviewItem:
    """The item, locked, for somebody who may settle it."""
    permissions.check_may_settle(by)
    locked = (
        ReviewItem.objects.select_for_update(of=("self",))
        .select_related("queue__workspace", "subject__prompt__dataset", "version__rubric")
        .filter(pk=item.pk, queue__workspace=by.workspace)
        .first()
    )
    if locked is None:
        raise errors.NotFound("There is no such item here.", code="item_unknown")
    return locked


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise errors.Invalid("Give the reason; the people who decided otherwise will read it.", code="reason_missing")

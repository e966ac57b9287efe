"""Settling what people disagree on."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.review import permissions, queries
from apps.review.models import Gold, Review, ReviewItem
from apps.review.services import settling
from domain import errors

MOST_WORDS = 300


@transaction.atomic
def adjudicate(*, by: Actor, item: ReviewItem, given: Mapping[str, Any], reason: str) -> list[Gold]:
    """Settle an item with a reason; what is decided becomes gold, earlier gold is kept and points to it."""
    permissions.check_may_settle(by)
    locked = (
        ReviewItem.objects.select_for_update(of=("self",))
        .select_related("queue__workspace", "version__rubric")
        .filter(pk=item.pk, queue__workspace=by.workspace)
        .first()
    )
    if locked is None:
        raise errors.NotFound("There is no such item here.", code="item_unknown")
    if locked.state == ReviewItem.State.OPEN:
        raise errors.Conflict("Not everybody has answered yet.", code="item_open")
    if not reason.strip():
        raise errors.Invalid("Give the reason; the people who decided otherwise will read it.", code="reason_missing")
    ask = queries.ask_of(locked)
    decision = ask.decide(given, reason)
    reviews = list(Review.objects.filter(item=locked).order_by("pk").values_list("pk", flat=True))
    detail = {"how": "adjudication", "reviews": reviews}
    gold = settling.set_gold(locked, ask.gold(decision), by=by.user, reason=reason.strip(), provenance=detail)
    locked.state, locked.gold_id = ReviewItem.State.RESOLVED, gold[0].pk if gold else None
    locked.save(update_fields=["state", "gold_id"])
    history.record(
        by=by, workspace=by.workspace, action="review.adjudicated", target=locked,
        detail={"gold": [one.pk for one in gold], "reviews": reviews, "decision": ask.words(decision)[:MOST_WORDS]},
    )  # fmt: skip
    return gold


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

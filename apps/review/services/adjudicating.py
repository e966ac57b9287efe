"""Settling what people disagree on."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.review import permissions, queries
from apps.review.models import Gold, Review, ReviewItem
from apps.review.services import settling
from domain import errors


@transaction.atomic
def adjudicate(*, by: Actor, item: ReviewItem, value: float | None, reason: str, applies: bool = True) -> Gold:
    """Settle an item with a reason; the value becomes gold, earlier gold is kept and points to it."""
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
    offered = queries.choices_for(queries.criterion_of(locked))
    if value is not None and not any(c.value is not None and abs(c.value - value) < 1e-6 for c in offered):
        raise errors.Invalid("This is no answer on offer for the criterion.", code="value_not_offered")
    reviews = list(Review.objects.filter(item=locked).order_by("pk").values_list("pk", flat=True))
    gold = settling.set_gold(
        locked, value=value, by=by.user, reason=reason.strip(),
        provenance={"how": "adjudication", "reviews": reviews, "not_applicable": not applies},
    )  # fmt: skip
    locked.state, locked.gold_id = ReviewItem.State.RESOLVED, gold.pk
    locked.save(update_fields=["state", "gold_id"])
    history.record(
        by=by, workspace=by.workspace, action="review.adjudicated", target=locked,
        detail={"gold": gold.pk, "reviews": reviews, "value": value},
    )  # fmt: skip
    return gold

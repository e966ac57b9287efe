"""What the answers to an item amount to: agreement becomes gold, disagreement a conflict."""

from typing import Any

from django.db import connection

from apps.accounts.models import User, Workspace
from apps.review import queries
from apps.review.models import Gold, Review, ReviewItem
from domain import rubric as rubrics


def settle(item: ReviewItem) -> None:
    """Bring an item's state up to date after an answer; what was adjudicated stays settled."""
    locked = ReviewItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    reviews = list(Review.objects.filter(item=locked).order_by("pk"))
    if locked.state == ReviewItem.State.RESOLVED or len(reviews) < locked.seats:
        return
    said = {queries.said(review) for review in reviews}
    state = ReviewItem.State.ANSWERED if len(said) == 1 else ReviewItem.State.CONFLICT
    if locked.state != state:
        locked.state = state
        locked.save(update_fields=["state"])
    if len(reviews) < 2 or locked.is_gold:
        return
    value, applies = next(iter(said))
    keys = [review.pk for review in reviews]
    if state == ReviewItem.State.ANSWERED and (value is not None or not applies):
        detail = {"how": "agreement", "reviews": keys, "not_applicable": not applies}
        set_gold(item, value=value, by=None, reason="", provenance=detail)
    elif state == ReviewItem.State.CONFLICT and Gold.objects.filter(item=locked, superseded_by__isnull=True).exists():
        set_gold(item, value=None, by=None, reason="", provenance={"how": "reopened by a change", "reviews": keys})


def set_gold(
    item: ReviewItem, *, value: float | None, by: User | None, reason: str, provenance: dict[str, Any]
) -> Gold:
    """The new gold of an item's subject and criterion; what held before points to it."""
    criterion = queries.criterion_of(item)
    digest = rubrics.criterion_digest(queries.rubric_of(item), criterion, "isolated")
    workspace: Workspace = item.queue.workspace
    earlier = Gold.objects.select_for_update().filter(
        workspace=workspace, subject=item.subject_id, criterion_digest=digest, superseded_by__isnull=True
    )
    before = earlier.first()
    if before is not None and before.provenance == provenance and before.value == value:
        return before
    key = _next_key()
    earlier.update(superseded_by_id=key)
    return Gold.objects.create(
        pk=key, workspace=workspace, subject=item.about, criterion=item.criterion, criterion_digest=digest,
        value=value, item=item, decided_by=by, reason=reason, provenance=provenance,
    )  # fmt: skip


def _next_key() -> int:
    """The key of the row to come, as the earlier gold has to name it before it can be stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Gold._meta.db_table])
        return int(cursor.fetchone()[0])

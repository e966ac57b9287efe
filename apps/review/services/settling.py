"""What the answers to an item amount to: agreement becomes gold, disagreement a conflict."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from apps.accounts.models import User, Workspace
from apps.review import queries
from apps.review.models import Gold, Review, ReviewItem
from apps.review.queries import GoldOf


def settle(item: ReviewItem) -> None:
    """Bring an item's state up to date after an answer; what an author settled stays settled.

    People who agree settle it, and where they differ the queue's rule may; else it waits for an author.
    """
    locked = ReviewItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    reviews = list(Review.objects.filter(item=locked).order_by("pk"))
    if locked.state == ReviewItem.State.RESOLVED or len(reviews) < locked.seats:
        return
    ask = queries.ask_of(item)
    said = [ask.said(review) for review in reviews]
    differ = ask.is_conflict(said)
    found = queries.Outcome()
    if differ and not locked.is_gold:
        votes = queries.votes_of(item.queue.workspace_id, [review.by_id for review in reviews])
        found = queries.outcome(ask, reviews, votes)
    state = ReviewItem.State.CONFLICT if differ and not found.held else ReviewItem.State.ANSWERED
    if locked.state != state:
        locked.state = state
        locked.save(update_fields=["state"])
    if len(reviews) < 2 or locked.is_gold:
        return
    detail: dict[str, Any] = {"how": "agreement", "reviews": [review.pk for review in reviews]}
    if found.held:
        set_gold(item, found.held, by=None, reason="", provenance=found.detail)
    elif state == ReviewItem.State.ANSWERED and not any(one.is_undecided for one in said):
        set_gold(item, ask.gold(ask.agreed(said)), by=None, reason="", provenance=detail)
    elif state == ReviewItem.State.CONFLICT:
        held = Gold.objects.filter(item=locked, superseded_by__isnull=True)
        open_again = [GoldOf(gold.criterion, gold.criterion_digest, None) for gold in held]
        set_gold(item, open_again, by=None, reason="", provenance={**detail, "how": "reopened by a change"})


def set_gold(
    item: ReviewItem, held: Sequence[GoldOf], *, by: User | None, reason: str, provenance: Mapping[str, Any]
) -> list[Gold]:
    """The new gold of an item's subject, one a criterion; what held before points to it."""
    if item.subject_id is None:
        return []
    return [_set_one(item, one, {**provenance, **one.payload}, by, reason) for one in held]


def _set_one(item: ReviewItem, held: GoldOf, provenance: dict[str, Any], by: User | None, reason: str) -> Gold:
    workspace: Workspace = item.queue.workspace
    subject = item.subject_id or 0
    earlier = Gold.objects.select_for_update().filter(
        workspace=workspace, subject=subject, criterion_digest=held.digest, superseded_by__isnull=True
    )
    before = earlier.first()
    if before is not None and before.provenance == provenance and before.value == held.value:
        return before
    key = _next_key()
    earlier.update(superseded_by_id=key)
    return Gold.objects.create(
        pk=key, workspace=workspace, subject_id=subject, criterion=held.criterion, criterion_digest=held.digest,
        value=held.value, item=item, decided_by=by, reason=reason, provenance=provenance,
    )  # fmt: skip


def _next_key() -> int:
    """The key of the row to come, as the earlier gold has to name it before it can be stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Gold._meta.db_table])
        return int(cursor.fetchone()[0])

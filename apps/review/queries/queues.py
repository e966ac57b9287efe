"""Queues: lists, progress, what waits for a person, what is in conflict."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from apps.accounts.permissions import Actor
from apps.review import permissions
from apps.review.models import Queue, Review, ReviewItem
from apps.review.queries import seats
from domain import errors

ORDER = (Queue.State.OPEN, Queue.State.DRAWING, Queue.State.PAUSED, Queue.State.CLOSED)
SOURCES = ("workspace", "run", "dataset", "version__rubric", "proposal__rubric", "created_by", "job")


@dataclass(frozen=True)
class QueueProgress:
    """How far a queue is: items by state, and decisions of those wanted."""

    items: int
    answered: int
    conflict: int
    resolved: int
    decisions: int
    wanted: int

    @property
    def share(self) -> float:
        """Share of the decisions that are in."""
        return self.decisions / self.wanted if self.wanted else 1.0

    @property
    def settled(self) -> int:
        """Items that need nobody any more."""
        return self.answered + self.resolved


def get_queue(actor: Actor, key: int) -> Queue:
    """A queue of the workspace."""
    queue = Queue.objects.select_related(*SOURCES).filter(workspace=actor.workspace, pk=key).first()
    if queue is None:
        raise errors.NotFound("There is no such queue here.", code="queue_unknown")
    return queue


def desk_queue(actor: Actor, key: int) -> Queue:
    """A queue of the workspace without what it was drawn from, for those who decide in it."""
    queue = Queue.objects.filter(workspace=actor.workspace, pk=key).first()
    if queue is None:
        raise errors.NotFound("There is no such queue here.", code="queue_unknown")
    queue.workspace = actor.workspace
    return queue


def list_queues(actor: Actor) -> list[Queue]:
    """All queues with their numbers, open ones first; `mine` are those in which the person decides."""
    rows = Queue.objects.filter(workspace=actor.workspace).select_related(*SOURCES).annotate(**_numbers(actor))
    found = rows.annotate(mine=_is_mine(actor)).order_by("-priority", "-pk")
    return sorted(found, key=lambda queue: ORDER.index(Queue.State(queue.state)))


def open_queues(actor: Actor) -> list[Queue]:
    """Open queues that have something for this person, as `open_items`; urgent ones first, then by deadline."""
    rows = Queue.objects.filter(permissions.decides_in(actor), state=Queue.State.OPEN).annotate(**_numbers(actor))
    found = rows.order_by("-priority", F("deadline").asc(nulls_last=True), "-pk")
    return [queue for queue in found if queue.open_items]  # type: ignore[attr-defined]


def progress(queue: Queue) -> QueueProgress:
    """How far a queue is."""
    numbers = ReviewItem.objects.filter(queue=queue).aggregate(
        items=Count("pk"),
        answered=Count("pk", filter=Q(state=ReviewItem.State.ANSWERED)),
        conflict=Count("pk", filter=Q(state=ReviewItem.State.CONFLICT)),
        resolved=Count("pk", filter=Q(state=ReviewItem.State.RESOLVED)),
    )
    decisions = Review.objects.filter(item__queue=queue).count()
    return QueueProgress(**numbers, decisions=decisions, wanted=numbers["items"] * queue.overlap)


def conflicts(queue: Queue) -> QuerySet[ReviewItem]:
    """Items on which people disagree, with those that were settled after it."""
    rows = ReviewItem.objects.filter(queue=queue, state__in=[ReviewItem.State.CONFLICT, ReviewItem.State.RESOLVED])
    return rows.select_related("subject__prompt", "version__rubric", "queue").order_by("state", "position")


def next_conflict(queue: Queue, position: int) -> ReviewItem | None:
    """The conflict that follows a position in a queue, else the first one of all but it."""
    rows = ReviewItem.objects.filter(queue=queue, state=ReviewItem.State.CONFLICT).order_by("position")
    return rows.filter(position__gt=position).first() or rows.exclude(position=position).first()


def _is_mine(actor: Actor) -> Case:
    return Case(When(permissions.decides_in(actor), then=Value(True)), default=Value(False))


def _numbers(actor: Actor) -> dict[str, Coalesce | Case]:
    item = ReviewItem.State
    waiting = _count(seats.wanted(actor))
    return {
        "item_count": _count(),
        "open_items": Case(When(permissions.decides_in(actor), then=waiting), default=Value(0)),
        "conflict_count": _count(state=item.CONFLICT),
        "settled_count": _count(state__in=[item.ANSWERED, item.RESOLVED]),
    }


def _count(*conditions: Q, **fields: Any) -> Coalesce:
    """How many items of a queue are so: counted along its own index, not by joining all items of all queues."""
    items = ReviewItem.objects.filter(*conditions, queue=OuterRef("pk"), **fields).order_by().values("queue")
    return Coalesce(Subquery(items.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0)

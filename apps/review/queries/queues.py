"""Queues: lists, progress, what waits for a person, what is in conflict."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from apps.accounts.permissions import Actor, Role
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


def list_queues(actor: Actor) -> list[Queue]:
    """All queues with their numbers, open ones first."""
    rows = Queue.objects.filter(workspace=actor.workspace).select_related("run").annotate(**_numbers(actor))
    return sorted(rows.order_by("-priority", "-pk"), key=lambda queue: ORDER.index(Queue.State(queue.state)))


def open_queues(actor: Actor) -> list[Queue]:
    """Open queues that have something for this person, as `open_items`."""
    rows = Queue.objects.filter(workspace=actor.workspace, state=Queue.State.OPEN).annotate(**_numbers(actor))
    return [
        queue
        for queue in rows.order_by("-priority", "-pk")
        if queue.open_items and actor.can(Role(queue.minimum_role))  # type: ignore[attr-defined]
    ]


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


def _numbers(actor: Actor) -> dict[str, Count]:
    return {
        "item_count": Count("items"),
        "open_items": Count("items", filter=seats.wanted(actor, "items__")),
        "conflict_count": Count("items", filter=Q(items__state=ReviewItem.State.CONFLICT)),
        "settled_count": Count(
            "items", filter=Q(items__state__in=[ReviewItem.State.ANSWERED, ReviewItem.State.RESOLVED])
        ),
    }

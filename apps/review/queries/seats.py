"""What waits for a person: free seats, seats held by others, and how far they are; cheap in queues of any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from apps.accounts.permissions import Actor
from apps.review import permissions
from apps.review.models import Claim, Queue, ReviewItem

MOST_COUNTED = 200
MOST_SHOWN = 100
# What gives an item away for good, and what else keeps it from being offered while others are left.
KEPT = (Claim.State.ANSWERED, Claim.State.DECLINED)
HOLDING = (Claim.State.LEASED, *KEPT)
PASSED = (*HOLDING, Claim.State.SKIPPED)


@dataclass(frozen=True)
class Waiting:
    """Why nothing is offered: what others hold, and until when at most; what the person declined or gave out."""

    held: int
    until: datetime | None
    declined: int
    done: int


def offers(actor: Actor, queue: Queue) -> list["QuerySet[ReviewItem]"]:
    """Items with a free seat for the person, in the order in which they are offered.

    First those after the last one they sat at (more urgent ones before), then those that became free behind it, and at
    the end what they skipped. Each is read along the index, so that it costs the same in a queue of any length.
    """
    free = _free(actor, queue).filter(_not_at(actor, PASSED))
    skipped = Claim.objects.filter(queue=queue, user=actor.user, state=Claim.State.SKIPPED)
    again = _free(actor, queue).filter(pk__in=skipped.values("item")).filter(_not_at(actor, HOLDING))
    ahead = [] if (last := _last(actor, queue)) is None else _ahead(free, *last)
    return [part.order_by("-priority", "position") for part in (*ahead, free, again)]


def my_progress(actor: Actor, queue: Queue) -> tuple[int, int]:
    """How many decisions the person made in a queue, and how many more it has for them, counted up to MOST_COUNTED."""
    return decided_by(actor, queue), left_for(actor, queue)


def decided_by(actor: Actor, queue: Queue) -> int:
    """How many decisions the person made in a queue."""
    return Claim.objects.filter(queue=queue, user=actor.user, state=Claim.State.ANSWERED).count()


def left_for(actor: Actor, queue: Queue) -> int:
    """Items of a queue that wait for a person, those they sit at among them; at most MOST_COUNTED."""
    last = _last(actor, queue)
    free = _free(actor, queue).filter(_not_at(actor, HOLDING))
    if last is not None:
        level, beyond = _ahead(free, *last)[1:]
        ahead = level.order_by("-priority", "position")[:MOST_COUNTED].count()
        ahead += beyond.order_by("-priority", "position")[: MOST_COUNTED - ahead].count() if ahead < MOST_COUNTED else 0
        if ahead >= MOST_COUNTED:
            return MOST_COUNTED
    seated = Claim.objects.filter(queue=queue, user=actor.user, state=Claim.State.LEASED).count()
    return min(MOST_COUNTED, free.order_by("-priority", "position")[:MOST_COUNTED].count() + seated)


def open_count(actor: Actor) -> int:
    """Decisions that wait for this person in all open queues, counted up to MOST_SHOWN."""
    queues = Queue.objects.filter(permissions.decides_in(actor), state=Queue.State.OPEN)
    items = ReviewItem.objects.filter(queue__in=queues.values("pk")).filter(wanted(actor))
    return items[:MOST_SHOWN].count()


def waiting(actor: Actor, queue: Queue) -> Waiting:
    """What stands between a person and the end of a queue that has nothing for them now."""
    mine = Claim.objects.filter(queue=queue, user=actor.user)
    numbers = mine.aggregate(
        declined=Count("pk", filter=Q(state=Claim.State.DECLINED)),
        done=Count("pk", filter=Q(state=Claim.State.ANSWERED)),
    )
    live = Claim.objects.filter(queue=queue, state=Claim.State.LEASED, item__state=ReviewItem.State.OPEN)
    live = live.exclude(user=actor.user).exclude(item__in=mine.filter(state__in=HOLDING).values("item"))
    held = live.aggregate(items=Count("item", distinct=True), until=Min("lease_until"))
    return Waiting(held["items"], held["until"], numbers["declined"], numbers["done"])


def wanted(actor: Actor, prefix: str = "") -> Q:
    """Items with a free seat for this person, and those they sit at."""
    mine = Claim.objects.filter(item=OuterRef(f"{prefix}pk"), user=actor.user)
    free = Q(**{f"{prefix}taken__lt": F(f"{prefix}seats")}) & ~Q(Exists(mine.filter(state__in=KEPT)))
    free &= Q(**{f"{prefix}repeat_of": None}) | Q(Exists(_first(actor, f"{prefix}repeat_of")))
    return Q(**{f"{prefix}state": ReviewItem.State.OPEN}) & (free | Q(Exists(mine.filter(state=Claim.State.LEASED))))


def _free(actor: Actor, queue: Queue) -> "QuerySet[ReviewItem]":
    """Open items with an empty seat; one that comes again only for those who decided it before."""
    known = Q(repeat_of=None) | Q(Exists(_first(actor, "repeat_of")))
    return ReviewItem.objects.filter(known, queue=queue, state=ReviewItem.State.OPEN, taken__lt=F("seats"))


def _first(actor: Actor, of: str) -> "QuerySet[Claim]":
    return Claim.objects.filter(item=OuterRef(of), user=actor.user, state=Claim.State.ANSWERED)


def _not_at(actor: Actor, states: Sequence[Claim.State]) -> Q:
    """Items where the person has no such claim: a look an item, as joins are planned badly before an analysis."""
    mine = Claim.objects.filter(item=OuterRef("pk"), user=actor.user, state__in=states)
    return Q(IsNull(Subquery(mine.values("pk")[:1]), True))


def _last(actor: Actor, queue: Queue) -> tuple[int, int] | None:
    """Priority and position of the last item that the person sat at and did not just give back."""
    mine = Claim.objects.filter(queue=queue, user=actor.user, state__in=PASSED).order_by("-pk")
    return mine.values_list("item__priority", "item__position").first()


def _ahead(items: "QuerySet[ReviewItem]", priority: int, position: int) -> list["QuerySet[ReviewItem]"]:
    return [
        items.filter(priority__gt=priority),
        items.filter(priority=priority, position__gt=position),
        items.filter(priority__lt=priority),
    ]

"""What is known of how a person decides: on gold, beside others, again, and over the days."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.review.models import Gold, Review
from apps.review.queries.asks import Ask, ask_of
from domain.decisions import same_number

DAYS = 90
MOST = 20_000
RELATED = ("item__queue", "item__subject__prompt__dataset", "item__version__rubric")


@dataclass(frozen=True)
class Share:
    """How often something held, of how many; no share where there was nothing to compare."""

    right: int
    of: int

    @property
    def value(self) -> float | None:
        """The share in [0, 1]."""
        return self.right / self.of if self.of else None


@dataclass(frozen=True)
class Day:
    """What was decided on one day, and the median seconds of a decision."""

    day: date
    decisions: int
    seconds: float | None


@dataclass(frozen=True)
class OwnFigures:
    """A person's own figures over all their decisions of a workspace."""

    decisions: int
    seconds: float | None
    today: int
    streak: int
    longest_streak: int
    gold: Share
    consensus: Share
    repeats: Share
    changed: Share
    undecided: int
    days: tuple[Day, ...]


def gold_accuracy(workspace_id: int, people: Collection[int]) -> dict[int, Share]:
    """How often each person's first answer was the known one, on items put in because their answer is known."""
    rows = Review.objects.filter(
        by__in=list(people), item__queue__workspace=workspace_id, item__is_gold=True, item__gold_id__isnull=False
    ).select_related("item")
    reviews = list(rows.order_by("-pk")[:MOST])
    known = Gold.objects.in_bulk({review.item.gold_id for review in reviews if review.item.gold_id})
    right: Counter[int] = Counter()
    total: Counter[int] = Counter()
    for review in reviews:
        gold = known.get(review.item.gold_id or 0)
        if gold is None:
            continue
        total[review.by_id] += 1
        right[review.by_id] += _says(review, gold)
    return {person: Share(right[person], total[person]) for person in people}


def votes_of(workspace_id: int, people: Collection[int]) -> dict[int, float]:
    """What a person's vote counts in a weighted majority: accuracy on gold, as if one more was right and one wrong."""
    return {person: (share.right + 1) / (share.of + 2) for person, share in gold_accuracy(workspace_id, people).items()}


def own_figures(actor: Actor) -> OwnFigures:
    """The person's own figures: their latest 20,000 decisions, and of these nothing that anybody else decided."""
    rows = Review.objects.filter(by=actor.user, item__queue__workspace=actor.workspace).select_related(*RELATED)
    reviews = list(rows.order_by("-pk")[:MOST])
    today = timezone.localdate()
    days = _days(reviews, today)
    seconds = [review.seconds for review in reviews if review.seconds]
    active = {timezone.localdate(review.created_at) for review in reviews}
    revealed = [review for review in reviews if review.after]
    return OwnFigures(
        decisions=len(reviews),
        seconds=median(seconds) if seconds else None,
        today=sum(timezone.localdate(review.created_at) == today for review in reviews),
        streak=_streak(active, today),
        longest_streak=_longest(active),
        gold=gold_accuracy(actor.workspace.pk, [actor.user.pk])[actor.user.pk],
        consensus=_with_consensus(reviews),
        repeats=_with_themself(reviews),
        changed=Share(sum(review.after == Review.After.CHANGED for review in revealed), len(revealed)),
        undecided=sum(Ask.first_of(review).is_undecided for review in reviews),
        days=days,
    )


def _with_consensus(reviews: Collection[Review]) -> Share:
    """How often the first answer is what people settled on; items settled after no other person said anything count
    not, nor do those put in as gold.
    """
    items = {review.item_id: review for review in reviews if not review.item.is_gold}
    right = of = 0
    for gold in Gold.objects.filter(item__in=list(items), superseded_by=None, value__isnull=False):
        if len(gold.provenance.get("reviews", [])) < 2 or gold.item_id is None:
            continue
        review = items[gold.item_id]
        of += 1
        right += _says(review, gold)
    return Share(right, of)


def _with_themself(reviews: Collection[Review]) -> Share:
    """How often an item that came back to them was decided the same."""
    by_item = {review.item_id: review for review in reviews}
    right = of = 0
    for review in reviews:
        first = by_item.get(review.item.repeat_of_id or 0)
        if first is None:
            continue
        ask = ask_of(review.item)
        of += 1
        right += ask.distance(ask.first_of(first), ask.first_of(review)) <= ask.tolerance
    return Share(right, of)


def _says(review: Review, gold: Gold) -> bool:
    """Whether the first answer of a review is what gold holds for its criterion."""
    first = Ask.first_of(review)
    part = (first.payload.get("criteria") or {}).get(gold.criterion)
    value = part.get("value") if part else first.value
    aside = bool((part or first.payload).get("not_applicable"))
    return aside == bool(gold.provenance.get("not_applicable")) and same_number(value, gold.value)


def _days(reviews: Collection[Review], today: date) -> tuple[Day, ...]:
    """The last days, also those on which nothing was decided."""
    taken: dict[date, list[float]] = defaultdict(list)
    count: Counter[date] = Counter()
    for review in reviews:
        day = timezone.localdate(review.created_at)
        count[day] += 1
        if review.seconds:
            taken[day].append(review.seconds)
    if not count:
        return ()
    first = max(min(count), today - timedelta(days=DAYS - 1))
    span = (today - first).days + 1
    return tuple(
        Day(day, count[day], median(taken[day]) if taken[day] else None)
        for day in (first + timedelta(days=n) for n in range(span))
    )


def _streak(active: Collection[date], today: date) -> int:
    """Days in a row with a decision, up to today or, where nothing was decided yet today, up to yesterday."""
    day = today if today in active else today - timedelta(days=1)
    length = 0
    while day in active:
        length, day = length + 1, day - timedelta(days=1)
    return length


def _longest(active: Collection[date]) -> int:
    best = run = 0
    before: date | None = None
    for day in sorted(active):
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        best, before = max(best, run), day
    return best

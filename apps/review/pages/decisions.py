"""One decision on the screen: task, answer, criterion, and after the decision the judge's verdict."""

import random
import string
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from apps.accounts.permissions import Actor
from apps.judging.models import Verdict, VerdictStatus
from apps.review import permissions, queries
from apps.review.models import Claim, Review, ReviewItem
from domain import errors, subjects

LETTERS = string.ascii_uppercase


@dataclass(frozen=True)
class Opinion:
    """What somebody says of the item."""

    who: str
    label: str
    value: float | None
    applies: bool
    scored: bool
    probability: float | None = None
    status: str = ""
    note: str = ""
    spans: tuple[dict[str, Any], ...] = ()
    confidence: float | None = None
    first: str = ""
    seconds: float | None = None
    at: datetime | None = None
    assisted: bool = False


def decision_page(actor: Actor, claim: Claim, *, straight: bool = False) -> dict[str, Any]:
    """Everything before the decision; the judges' verdicts only where the queue is not blind."""
    queue = claim.item.queue
    done, left = queries.my_progress(actor, queue)
    last, pace = queries.lately(actor, queue)
    ask = queries.ask_of(claim.item, actor.user.pk)
    reveals = reveals_after(claim.item)
    return {
        "claim": claim,
        "queue": queue,
        "ask": ask,
        "shown": ask.shown,
        "sure": queries.SURE,
        "done": done,
        "number": done + 1,
        "total": done + left,
        "left": left,
        "many": left >= queries.MOST_COUNTED,
        "pace": pace,
        "last": last,
        "opened": f"{time.time():.1f}",
        "reveals": reveals,
        "straight": straight or not reveals,
        "judges": [] if queue.blind else opinions_of_judges(ask),
    }


def reveals_after(item: ReviewItem) -> bool:
    """Whether there are verdicts that a person may see once their decision is stored."""
    return item.queue.blind and bool(item.verdict_keys)


def review_page(actor: Actor, review: Review) -> dict[str, Any]:
    """A decision of the person's own, with the judges' verdicts only where these were shown to them."""
    item = review.item
    ask = queries.ask_of(item, actor.user.pk)
    shows = review.revealed_at is not None or not item.queue.blind
    judges = opinions_of_judges(ask) if shows else []
    before, after = queries.beside(actor, review)
    why_not = permissions.why_not_revise(review)
    review.by = actor.user
    mine = _of_review(review, ask)
    return {
        "review": review,
        "queue": item.queue,
        "ask": ask,
        "shown": ask.shown,
        "sure": queries.SURE,
        "mine": mine,
        "judges": judges,
        "shows": shows and bool(item.verdict_keys),
        "reveals": reveals_after(item),
        "agrees": bool(judges) and all(one.scored and one.label == mine.label for one in judges),
        "done": queries.decided_by(actor, item.queue),
        "may_revise": not why_not,
        "why_not": why_not,
        "before": before,
        "after": after,
        "spans": _spans(mine, "", "you") + [span for one in judges for span in _spans(one, "g", one.who)],
    }


def settle_page(item: ReviewItem, *, revealed: bool = False) -> dict[str, Any]:
    """What people said of an item, in an order that tells nothing of who they are until it is settled.

    Names and judges' verdicts come once it is settled, or where the author asked to see them before.
    """
    ask = queries.ask_of(item)
    settled = item.state != ReviewItem.State.CONFLICT
    people = opinions_of_people(ask) if settled or revealed else unnamed(ask)
    votes = queries.votes_of(item.queue.workspace_id, [review.by_id for review in item.reviews.all()])
    return {
        "item": item,
        "queue": item.queue,
        "ask": ask,
        "shown": ask.shown,
        "people": people,
        "judges": opinions_of_judges(ask) if settled or revealed else [],
        "settled": settled,
        "revealed": revealed and not settled,
        "why_not": "" if settled else queries.outcome(ask, list(item.reviews.order_by("pk")), votes).reason,
        "gold": queries.gold_of_item(item) if settled else [],
        "left": queries.progress(item.queue).conflict,
        "spans": [span for one in people for span in _spans(one, "", one.who)],
    }


def answer_text(item: ReviewItem, place: str) -> str:
    """The text of one answer of an item, by its place."""
    answers = queries.ask_of(item).responses
    if not place.isdecimal() or len(place) > 3 or int(place) >= len(answers):
        raise errors.NotFound("There is no such answer here.", code="answer_unknown")
    return subjects.text_of(answers[int(place)].parts)


def unnamed(ask: queries.Ask) -> list[Opinion]:
    """What people said, as Person A, B, …, in an order drawn by the item's key, the same for everybody."""
    people = opinions_of_people(ask)
    drawn = random.Random(ask.item.pk).sample(people, len(people))
    return [replace(one, who=f"Person {LETTERS[n % len(LETTERS)]}") for n, one in enumerate(drawn)]


def opinions_of_judges(ask: queries.Ask) -> list[Opinion]:
    """What the judges said."""
    found = []
    for verdict in queries.verdicts_of(ask.item):
        applies = verdict.status != VerdictStatus.NOT_APPLICABLE
        words = ask.words_of_verdict(verdict.criterion, verdict.value, applies=applies)
        if words is not None:
            found.append(_of_verdict(verdict, words))
    return found


def opinions_of_people(ask: queries.Ask) -> list[Opinion]:
    """What people said, with what they said first where they changed it."""
    return opinions_of_reviews(ask, ask.item.reviews.select_related("by").order_by("pk"))


def opinions_of_reviews(ask: queries.Ask, reviews: Iterable[Review]) -> list[Opinion]:
    """What these decisions on an item say."""
    return [_of_review(review, ask) for review in reviews]


def _of_verdict(verdict: Verdict, words: str) -> Opinion:
    scored = verdict.status == VerdictStatus.OK
    applies = verdict.status != VerdictStatus.NOT_APPLICABLE
    name = str(verdict.judge_version) + (f", sample {verdict.sample + 1}" if verdict.sample else "")
    return Opinion(
        who=name,
        label=words if scored or not applies else "no verdict",
        value=verdict.value,
        applies=applies,
        scored=scored,
        probability=verdict.probability,
        status=verdict.status,
        note=verdict.rationale or verdict.reason,
        spans=tuple(verdict.evidence),
    )


def _of_review(review: Review, ask: queries.Ask) -> Opinion:
    said = ask.said(review)
    changed = review.after == Review.After.CHANGED
    return Opinion(
        who=review.by.name,
        label=ask.words(said),
        value=said.value,
        applies=said.applies,
        scored=said.value is not None,
        note=review.note,
        spans=tuple(review.spans),
        confidence=review.confidence,
        seconds=review.seconds,
        at=review.created_at,
        assisted=review.mode == "assisted",
        first=f"{ask.words(ask.first_of(review))}; changed after the reveal: {review.after_reason}" if changed else "",
    )


def _spans(opinion: Opinion, tone: str, who: str) -> list[dict[str, Any]]:
    return [{**span, "tone": tone, "title": f"marked by {who}"} for span in _in_order(opinion.spans)]


def _in_order(spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(spans, key=lambda span: int(span.get("start", 0)))

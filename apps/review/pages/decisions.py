"""One decision on the screen: task, answer, criterion, and after the decision the judge's verdict."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.judging.models import Verdict, VerdictStatus
from apps.review import queries
from apps.review.models import Claim, Review, ReviewItem
from apps.review.queries import Choice
from domain import errors, subjects
from domain.rubric import Criterion, Evidence, Need


@dataclass(frozen=True)
class Shown:
    """What is decided on: never anything a judge said."""

    messages: list[dict[str, Any]]
    context: str
    reference: str
    response: str
    criterion: Criterion
    title: str
    guidelines: list[str]
    choices: list[Choice]
    marks: bool


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


def decision_page(actor: Actor, claim: Claim) -> dict[str, Any]:
    """Everything before the decision; the judges' verdicts only where the queue is not blind."""
    queue = claim.item.queue
    done, left = queries.my_progress(actor, queue)
    shown = _shown(claim.item)
    return {
        "claim": claim,
        "queue": queue,
        "shown": shown,
        "sure": queries.SURE,
        "done": done,
        "number": done + 1,
        "total": done + left,
        "pace": queries.pace(actor, queue),
        "opened": f"{time.time():.1f}",
        "judges": [] if queue.blind else opinions_of_judges(claim.item, shown.criterion),
    }


def reveal_page(actor: Actor, review: Review) -> dict[str, Any]:
    """The person's decision beside the judges' verdicts, once it is stored."""
    item = review.item
    shown = _shown(item)
    judges = opinions_of_judges(item, shown.criterion)
    done, left = queries.my_progress(actor, item.queue)
    mine = _of_review(review, shown.criterion)
    return {
        "review": review,
        "queue": item.queue,
        "shown": shown,
        "mine": mine,
        "judges": judges,
        "agrees": bool(judges) and all(one.scored and one.value == review.value for one in judges),
        "done": done,
        "total": done + left,
        "spans": _spans(mine, "", "you") + [span for one in judges for span in _spans(one, "g", one.who)],
    }


def settle_page(item: ReviewItem) -> dict[str, Any]:
    """All that people and judges said of an item."""
    shown = _shown(item)
    people = opinions_of_people(item, shown.criterion)
    return {
        "item": item,
        "queue": item.queue,
        "shown": shown,
        "people": people,
        "judges": opinions_of_judges(item, shown.criterion),
        "spans": [span for one in people for span in _spans(one, "", one.who)],
    }


def opinions_of_judges(item: ReviewItem, criterion: Criterion) -> list[Opinion]:
    """What the judges said."""
    return [_of_verdict(verdict, criterion) for verdict in queries.verdicts_of(item)]


def opinions_of_people(item: ReviewItem, criterion: Criterion) -> list[Opinion]:
    """What people said, with what they said first where they changed it."""
    rows = item.reviews.select_related("by").order_by("pk")
    return [_of_review(review, criterion) for review in rows]


def chosen(criterion: Criterion, token: str) -> tuple[float | None, bool]:
    """The value behind a choice, and whether the criterion applies."""
    for choice in queries.choices_for(criterion):
        if choice.token == token:
            return choice.value, token != queries.NOT_APPLICABLE
    raise errors.Invalid("This is no answer on offer for the criterion.", code="value_not_offered")


def _shown(item: ReviewItem) -> Shown:
    rubric = queries.rubric_of(item)
    criterion = queries.criterion_of(item)
    prompt = item.about.prompt
    return Shown(
        messages=prompt.messages,
        context=subjects.text_of(prompt.context or ()),
        reference=subjects.text_of(prompt.reference or ()) if Need.REFERENCE in criterion.all_needs else "",
        response=subjects.text_of(queries.response_of(item).parts),
        criterion=criterion,
        title=rubric.title,
        guidelines=[guideline.text for guideline in rubric.guidelines],
        choices=queries.choices_for(criterion),
        marks=criterion.evidence is not Evidence.NONE,
    )


def _of_verdict(verdict: Verdict, criterion: Criterion) -> Opinion:
    scored = verdict.status == VerdictStatus.OK
    applies = verdict.status != VerdictStatus.NOT_APPLICABLE
    name = str(verdict.judge_version) + (f", sample {verdict.sample + 1}" if verdict.sample else "")
    label = queries.label_of(criterion, verdict.value, applies=applies) if scored or not applies else "no verdict"
    return Opinion(
        who=name,
        label=label,
        value=verdict.value,
        applies=applies,
        scored=scored,
        probability=verdict.probability,
        status=verdict.status,
        note=verdict.rationale or verdict.reason,
        spans=tuple(verdict.evidence),
    )


def _of_review(review: Review, criterion: Criterion) -> Opinion:
    value, applies = queries.said(review)
    changed = review.after == Review.After.CHANGED
    before = queries.label_of(criterion, review.value, applies=not review.payload.get("not_applicable"))
    return Opinion(
        who=review.by.name,
        label=queries.label_of(criterion, value, applies=applies),
        value=value,
        applies=applies,
        scored=value is not None,
        note=review.note,
        spans=tuple(review.spans),
        confidence=review.confidence,
        first=f"{before}; changed after the reveal: {review.after_reason}" if changed else "",
    )


def _spans(opinion: Opinion, tone: str, who: str) -> list[dict[str, Any]]:
    return [{**span, "tone": tone, "title": f"marked by {who}"} for span in _in_order(opinion.spans)]


def _in_order(spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(spans, key=lambda span: int(span.get("start", 0)))

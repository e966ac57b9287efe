"""Storing decisions: first without the judge's verdict, then what the person makes of it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.datasets import queries as dataset_queries
from apps.datasets import services as datasets
from apps.datasets.models import Label
from apps.history import services as history
from apps.review import permissions, queries
from apps.review.models import Claim, Review, ReviewItem
from apps.review.services import claiming, settling
from domain import errors, subjects
from domain.rubric import Criterion

Spans = Sequence[Mapping[str, Any]]
MOST_SECONDS = 3600
MOST_NOTE = 5_000
MOST_SPANS = 50


@transaction.atomic
def answer(
    *, by: Actor, claim: Claim, value: float | None, applies: bool = True, spans: Spans = (),
    confidence: float | None = None, note: str = "", seconds: float | None = None,
) -> Review:  # fmt: skip
    """Store a decision as review and label; sending it twice stores it once."""
    held = claiming.own_claim(by, claim.pk)
    permissions.check_may_review(by, held.item.queue)
    stored = Review.objects.filter(claim=held).first()
    if stored is not None:
        return _same(stored, value, applies)
    if held.state == Claim.State.EXPIRED:
        claiming.take_back(by, held)
    elif held.state != Claim.State.LEASED:
        raise errors.Conflict("You gave this item back, so nothing was stored.", code="claim_lost")
    criterion = queries.criterion_of(held.item)
    _check(criterion, value, applies=applies, note=note, confidence=confidence)
    marked = _marked(held.item, spans)
    mode = Label.Mode.BLIND if held.item.queue.blind else Label.Mode.ASSISTED
    review = Review.objects.create(
        item=held.item, claim=held, by=by.user, mode=mode, value=value, confidence=confidence, spans=marked,
        payload={} if applies else {"not_applicable": True}, note=note.strip(), seconds=_seconds(seconds),
        repeat=_repeat(by, held.item, mode),
    )  # fmt: skip
    held.state, held.ended_at = Claim.State.ANSWERED, timezone.now()
    held.save(update_fields=["state", "ended_at"])
    _label(by, review, value, mode)
    settling.settle(held.item)
    history.record(by=by, workspace=by.workspace, action="review.answered", target=review, detail=_what(held.item))
    return review


@transaction.atomic
def keep(*, by: Actor, review: Review) -> Review:
    """Stay with one's decision after seeing the judge's verdict."""
    own = _own_review(by, review)
    if own.after == Review.After.NONE:
        own.after, own.changed_at = Review.After.KEPT, timezone.now()
        own.save(update_fields=["after", "changed_at"])
    return own


@transaction.atomic
def change(*, by: Actor, review: Review, value: float | None, reason: str, applies: bool = True) -> Review:
    """Decide otherwise after seeing the judge's verdict; the first decision stays beside it."""
    own = _own_review(by, review)
    if own.after == Review.After.CHANGED:
        raise errors.Conflict("You changed this decision already.", code="review_changed")
    if not reason.strip():
        raise errors.Invalid("Say what made you change it.", code="reason_missing")
    criterion = queries.criterion_of(own.item)
    _check(criterion, value, applies=applies, note=reason, confidence=None)
    own.after, own.after_value, own.after_reason = Review.After.CHANGED, value, reason.strip()
    own.payload = {**own.payload, "after_not_applicable": not applies}
    own.changed_at = timezone.now()
    own.save(update_fields=["after", "after_value", "after_reason", "payload", "changed_at"])
    _label(by, own, value, Label.Mode.ASSISTED, note=reason)
    settling.settle(own.item)
    history.record(by=by, workspace=by.workspace, action="review.changed", target=own, detail=_what(own.item))
    return own


def _same(stored: Review, value: float | None, applies: bool) -> Review:
    if stored.value != value or bool(stored.payload.get("not_applicable")) == applies:
        raise errors.Conflict(
            "You decided this already, and otherwise. The first decision stays.", code="review_stored"
        )
    return stored


def _own_review(by: Actor, review: Review) -> Review:
    own = (
        Review.objects.select_for_update(of=("self",))
        .select_related("item__queue", "item__subject__prompt__dataset", "item__version__rubric")
        .filter(pk=review.pk, by=by.user, item__queue__workspace=by.workspace)
        .first()
    )
    if own is None:
        raise errors.NotFound("There is no such decision of yours.", code="review_unknown")
    permissions.check_may_review(by, own.item.queue)
    return own


def _check(criterion: Criterion, value: float | None, *, applies: bool, note: str, confidence: float | None) -> None:
    offered = queries.choices_for(criterion)
    if not applies:
        if value is not None or not any(choice.token == queries.NOT_APPLICABLE for choice in offered):
            raise errors.Invalid("“Does not apply” is no answer to this criterion.", code="value_not_offered")
    elif value is None:
        if not note.strip():
            raise errors.Invalid("Say in the note why it cannot be decided.", code="note_missing")
    elif not any(choice.value is not None and abs(choice.value - value) < 1e-6 for choice in offered):
        raise errors.Invalid("This is no answer on offer for the criterion.", code="value_not_offered")
    if confidence is not None and not (math.isfinite(confidence) and 0 <= confidence <= 1):
        raise errors.Invalid("How sure you are lies between 0 and 1.", code="confidence_invalid")
    if len(note) > MOST_NOTE or "\x00" in note:
        raise errors.Invalid(f"A note has at most {MOST_NOTE:,} characters.", code="note_invalid")


def _marked(item: ReviewItem, spans: Spans) -> list[dict[str, Any]]:
    """Passages by their offsets, with the text that really stands there."""
    if not spans:
        return []
    if len(spans) > MOST_SPANS:
        raise errors.Invalid(f"At most {MOST_SPANS} passages can be marked.", code="spans_invalid")
    text = subjects.text_of(queries.response_of(item).parts)
    places = _places(text)
    marked = []
    for span in spans:
        start, end = span.get("start"), span.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end < len(places):
            raise errors.Invalid("A marked passage lies outside the answer.", code="spans_invalid")
        first, last = places[start], places[end]
        marked.append({"start": first, "end": last, "text": text[first:last]})
    return marked


def _places(text: str) -> list[int]:
    """Where each character that a browser shows stands in the text: a browser makes one line end of CR LF."""
    shown = [n for n, character in enumerate(text) if character != "\r" or text[n + 1 : n + 2] != "\n"]
    return [*shown, len(text)]


def _seconds(seconds: float | None) -> float | None:
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, MOST_SECONDS)


def _repeat(by: Actor, item: ReviewItem, mode: str) -> int:
    taken = dataset_queries.next_repeats(by, [item.about.pk], mode=mode)
    return taken.get((item.about.pk, item.criterion), 0)


def _label(by: Actor, review: Review, value: float | None, mode: str, *, note: str | None = None) -> None:
    label = datasets.OwnLabel(
        subject_id=review.item.about.pk,
        criterion=review.item.criterion,
        value=value,
        mode=mode,
        repeat=_repeat(by, review.item, mode),
        confidence=review.confidence if note is None else None,
        spans=review.spans if note is None else (),
        note=review.note if note is None else note,
        review_id=review.pk,
    )
    datasets.add_own_labels(by=by, dataset=review.item.about.prompt.dataset, labels=[label])


def _what(item: ReviewItem) -> dict[str, Any]:
    return {"queue": item.queue_id, "item": item.pk, "subject": item.subject_id, "criterion": item.criterion}

"""Going back: a decision is changed blind until its verdict was shown, and what stood before is kept."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.review import permissions, queries
from apps.review.models import Review, ReviewItem
from apps.review.services import answering, recording, settling
from domain import errors


@transaction.atomic
def reveal(*, by: Actor, review: Review) -> Review:
    """Note that the person is shown the judge's verdicts; from then on a change no longer counts as blind."""
    return answering.shown(by, answering.own_review(by, review))


@transaction.atomic
def revise(
    *, by: Actor, review: Review, given: Mapping[str, Any], confidence: float | None = None, note: str = ""
) -> Review:
    """Decide otherwise before the verdict was shown; the earlier decision stays in the review and its labels follow."""
    own = answering.own_review(by, review)
    own.item.state = ReviewItem.objects.select_for_update(of=("self",)).get(pk=own.item_id).state
    if why := permissions.why_not_revise(own):
        raise errors.Conflict(why, code="review_fixed")
    ask = queries.ask_of(own.item, by.user.pk)
    answering.check(ask, note=note, confidence=confidence)
    decision = ask.decide(given, note)
    before = {"value": own.value, "payload": own.payload, "spans": own.spans, "confidence": own.confidence}
    own.value, own.payload, own.spans = decision.value, dict(decision.payload), list(decision.spans)
    own.confidence = confidence
    after = {"value": own.value, "payload": own.payload, "spans": own.spans, "confidence": own.confidence}
    if before == after and own.note == note.strip():
        return own
    own.earlier = [*own.earlier, {**before, "note": own.note, "until": timezone.now().isoformat()}]
    own.note = note.strip()
    own.save(update_fields=["earlier", "value", "payload", "spans", "confidence", "note"])
    recording.replace(by, ask, own, decision)
    settling.settle(own.item)
    detail = {"item": own.item_id, "queue": own.item.queue_id, "times": len(own.earlier)}
    history.record(by=by, workspace=by.workspace, action="review.revised", target=own, detail=detail)
    return own

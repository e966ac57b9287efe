"""Decisions stay; what an erased person wrote beside them goes, and what was marked in a forgotten answer."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.signals import person_erased
from apps.datasets.signals import responses_forgotten
from apps.judging.models import Run
from apps.judging.queries import Undecided
from apps.judging.signals import undecided_left
from apps.review.models import Claim, Gold, Principle, ReadComment, Review
from apps.review.services import queues


@receiver(person_erased, dispatch_uid="review.forget")
def forget(*, user: User, **_: Any) -> None:
    """Blank notes and reasons."""
    Review.objects.filter(by=user).update(note="", after_reason="")
    for review in Review.objects.filter(by=user).exclude(earlier=[]):
        review.earlier = [{**one, "note": ""} for one in review.earlier]
        review.save(update_fields=["earlier"])
    Claim.objects.filter(user=user).update(reason="")
    ReadComment.objects.filter(by=user).update(text="", reply="")
    Principle.objects.filter(comment__by=user).update(quote="", start=None, end=None)
    Gold.objects.filter(decided_by=user).update(reason="")


@receiver(undecided_left, dispatch_uid="review.undecided")
def take_undecided(*, run: Run, places: Sequence[Undecided], **_: Any) -> None:
    """Make one queue of what a cascade left undecided; a run has one such queue, however often it is told."""
    queues.queue_of_undecided(run=run, places=places)


@receiver(responses_forgotten, dispatch_uid="review.forget_passages")
def forget_passages(*, keys: Sequence[int], **_: Any) -> None:
    """Drop the passages that were marked."""
    Review.objects.filter(item__subject__members__response__in=keys).exclude(spans=[]).update(spans=[])
    for review in Review.objects.filter(item__subject__members__response__in=keys).exclude(earlier=[]):
        review.earlier = [{**one, "spans": []} for one in review.earlier]
        review.save(update_fields=["earlier"])
    comments = ReadComment.objects.filter(subject__members__response__in=keys)
    Principle.objects.filter(comment__in=comments, source="answer").update(quote="", start=None, end=None)
    comments.update(reply="")

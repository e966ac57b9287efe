"""Decisions stay; what an erased person wrote beside them goes, and what was marked in a forgotten answer."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.signals import person_erased
from apps.datasets.signals import responses_forgotten
from apps.review.models import Claim, Gold, Review


@receiver(person_erased, dispatch_uid="review.forget")
def forget(*, user: User, **_: Any) -> None:
    """Blank notes and reasons."""
    Review.objects.filter(by=user).update(note="", after_reason="")
    Claim.objects.filter(user=user).update(reason="")
    Gold.objects.filter(decided_by=user).update(reason="")


@receiver(responses_forgotten, dispatch_uid="review.forget_passages")
def forget_passages(*, keys: Sequence[int], **_: Any) -> None:
    """Drop the passages that were marked."""
    Review.objects.filter(item__subject__members__response__in=keys).exclude(spans=[]).update(spans=[])

"""An erased person's decisions stay; what they wrote beside them goes."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.signals import person_erased
from apps.review.models import Claim, Gold, Review


@receiver(person_erased, dispatch_uid="review.forget")
def forget(*, user: User, **_: Any) -> None:
    """Blank notes and reasons."""
    Review.objects.filter(by=user).update(note="", after_reason="")
    Claim.objects.filter(user=user).update(reason="")
    Gold.objects.filter(decided_by=user).update(reason="")

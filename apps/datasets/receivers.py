"""An erased person stays a rater without a name: labels keep their values, notes go."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.signals import person_erased
from apps.datasets.models import Label, Preference, Rater


@receiver(person_erased, dispatch_uid="datasets.forget")
def forget(*, user: User, handle: str, **_: Any) -> None:
    """Replace the rater's name in every workspace and blank the notes."""
    for rater in Rater.objects.filter(user=user):
        rater.name = f"{handle}-{rater.pk}"
        rater.save(update_fields=["name"])
    Label.objects.filter(rater__user=user).exclude(note="").update(note="")
    Preference.objects.filter(rater__user=user).exclude(note="").update(note="")

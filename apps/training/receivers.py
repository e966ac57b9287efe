"""A forgotten answer stands in no export either."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from apps.datasets.signals import responses_forgotten
from apps.training import services


@receiver(responses_forgotten, dispatch_uid="training.forget")
def forget(*, keys: Sequence[int], **_: Any) -> None:
    """Drop the rows of exports that hold these texts."""
    services.forget_texts(keys)

"""What a model wrote of a forgotten answer goes with it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from apps.datasets.signals import responses_forgotten
from apps.refinement.models import Draft, DraftStep


@receiver(responses_forgotten, dispatch_uid="refinement.forget")
def forget(*, keys: Sequence[int], **_: Any) -> None:
    """Blank replies about these answers, and what set them apart from others."""
    steps = DraftStep.objects.filter(Q(better__in=keys) | Q(worse__in=keys))
    for draft in Draft.objects.filter(pk__in=steps.values("draft")).exclude(candidates=[]):
        draft.candidates = [{**one, "differences": []} for one in draft.candidates]
        draft.save(update_fields=["candidates"])
    steps.update(reply="")

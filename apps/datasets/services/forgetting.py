"""Forgetting texts: what was sent is blanked, its hashes stay, so that verdicts can still be told apart."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.datasets.models import Dataset, Label, Prompt, Response
from apps.datasets.signals import responses_forgotten

ERASED = [{"type": "erased"}]
"""A part that no judge can read: an answer that was forgotten is refused as input, never scored as empty."""


@transaction.atomic
def forget_responses(keys: Collection[int]) -> int:
    """Blank these responses and all that quotes them; says how many responses.

    The prompts of rollouts go too, where no other response is left.
    """
    blanked = Response.objects.filter(pk__in=keys).exclude(parts=ERASED).update(parts=ERASED, steps=None)
    kept = Response.objects.filter(prompt=OuterRef("pk")).exclude(parts=ERASED)
    prompts = Prompt.objects.filter(responses__in=keys, dataset__purpose=Dataset.Purpose.ROLLOUTS).exclude(Exists(kept))
    chosen = list(prompts.values_list("pk", flat=True))
    Prompt.objects.filter(pk__in=chosen).update(messages=[{"role": "user", "parts": ERASED}])
    Prompt.objects.filter(pk__in=chosen, reference__isnull=False).update(reference=ERASED)
    Prompt.objects.filter(pk__in=chosen, context__isnull=False).update(context=ERASED)
    Label.objects.filter(subject__members__response__in=keys).exclude(spans=[]).update(spans=[])
    responses_forgotten.send(Response, keys=list(keys))
    return blanked

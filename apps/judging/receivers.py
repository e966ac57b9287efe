"""A forgotten answer leaves no words behind: neither in what was sent to a judge nor in what the judge quoted."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from apps.datasets.signals import responses_forgotten
from apps.judging.models import Call, Verdict


@receiver(responses_forgotten, dispatch_uid="judging.forget")
def forget(*, keys: Sequence[int], **_: Any) -> None:
    """Blank prompts, replies, quotes and reasoning; values, probabilities and keys stay."""
    Call.objects.filter(subject__members__response__in=keys).update(rendered_shared="", rendered_suffixes=[], reply=[])
    quoting = Verdict.objects.filter(subject__members__response__in=keys).filter(~Q(evidence=[]) | ~Q(rationale=""))
    quoting.update(evidence=[], rationale="")

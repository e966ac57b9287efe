"""What a model wrote of a forgotten answer goes with it."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from apps.datasets.signals import responses_forgotten
from apps.refinement.models import Draft, DraftStep


@receiver(responses_forgotten, dispatch_uid="refinement.forget")
def forget(*, keys: Sequence[int], **_: Any) -> None:
    """Blank all replies of drafts that rest on these answers, and the evidence that may quote them.

    A draft that is being made ends, for it could not be made again.
    """
    drafts = Draft.objects.filter(responses__overlap=list(keys))
    DraftStep.objects.filter(draft__in=drafts).update(reply={})
    for draft in drafts:
        draft.suggestions = [{**one, "evidence": _counts(one["evidence"])} for one in draft.suggestions]
        if draft.done_at is None:
            draft.state, draft.done_at = Draft.State.REFUSED, timezone.now()
            draft.reason = "An answer that it rests on was forgotten."
        draft.save(update_fields=["suggestions", "state", "done_at", "reason"])


def _counts(evidence: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in evidence.items() if isinstance(value, int | float)}

"""What a model wrote of a forgotten answer goes with it; forecasts go on when their judgements are there."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from apps.datasets.signals import responses_forgotten
from apps.judging.models import Run
from apps.judging.signals import run_judged
from apps.refinement import services
from apps.refinement.models import CausalEdit, Draft, DraftStep, RegressionCase


@receiver(responses_forgotten, dispatch_uid="refinement.forget")
def forget(*, keys: Sequence[int], **_: Any) -> None:
    """Blank edits of these answers, and all replies of drafts that rest on them with evidence that may quote them.

    A draft that is being made ends, for it could not be made again. Cases of these answers are withdrawn.
    """
    gone = Q(subject__members__response__in=keys) | Q(other__members__response__in=keys)
    cases = RegressionCase.objects.filter(gone, withdrawn_at=None).values_list("pk", flat=True)
    RegressionCase.objects.filter(pk__in=list(cases)).update(
        withdrawn_at=timezone.now(), withdrawn_reason="The answer was forgotten."
    )
    CausalEdit.objects.filter(response__in=keys).update(
        text="", state=CausalEdit.State.REFUSED, reason="The answer was forgotten."
    )
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


@receiver(run_judged, dispatch_uid="refinement.predict")
def predict(*, run: Run, **_: Any) -> None:
    """Compare what the edits would do, where the run was for that."""
    if run.purpose == Run.Purpose.PREDICT:
        services.go_on(run=run)

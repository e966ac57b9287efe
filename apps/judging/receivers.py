"""Verdicts of judges elsewhere are stored with the data; a forgotten answer leaves no words behind, in no call."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset
from apps.datasets.signals import responses_forgotten, verdicts_imported
from apps.judging import services
from apps.judging.models import Call, Verdict
from domain import dataset_formats, formats


@receiver(responses_forgotten, dispatch_uid="judging.forget")
def forget(*, keys: Sequence[int], **_: Any) -> None:
    """Blank prompts, replies, quotes and reasoning; values, probabilities and keys stay."""
    Call.objects.filter(subject__members__response__in=keys).update(rendered_shared="", rendered_suffixes=[], reply=[])
    quoting = Verdict.objects.filter(subject__members__response__in=keys).filter(~Q(evidence=[]) | ~Q(rationale=""))
    quoting.update(evidence=[], rationale="")


@receiver(verdicts_imported, dispatch_uid="judging.record")
def record(
    *,
    dataset: Dataset,
    actor: Actor,
    rubrics: Sequence[formats.ImportedRubric],
    verdicts: Sequence[dataset_formats.ImportedVerdict],
    **_: Any,
) -> str:
    """Store the verdicts of the file under the judges that gave them, and say what became of them."""
    done = services.record_verdicts(by=actor, dataset=dataset, rubrics=rubrics, verdicts=verdicts)
    scored = "" if done.scores else " They have no scores, as their rubric is not in the library."
    return f"{done.verdicts:,} verdicts of {done.judges} judges were stored, {done.unread:,} of them unscored.{scored}"

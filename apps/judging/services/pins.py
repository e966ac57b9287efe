"""Pinning answers beside the editor of a rubric, for all of its authors."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.datasets import services as datasets
from apps.datasets.models import Response
from apps.history import services as history
from apps.judging import permissions
from apps.judging.models import PinnedAnswer
from apps.rubrics.models import Rubric
from domain import errors

MOST_PINNED = 24


@transaction.atomic
def pin_answer(*, by: Actor, rubric: Rubric, response: Response) -> PinnedAnswer:
    """Keep an answer in view beside the editor, judged or not; pinning it again changes nothing."""
    subject = _subject(by, rubric, response)
    Rubric.objects.select_for_update().get(pk=rubric.pk)
    pinned = {pin.subject_id: pin for pin in PinnedAnswer.objects.filter(rubric=rubric)}
    if subject in pinned:
        return pinned[subject]
    if len(pinned) >= MOST_PINNED:
        raise errors.Conflict(
            f"{MOST_PINNED} answers are pinned, the most there can be; unpin one first.", code="pins_full"
        )
    pin = PinnedAnswer.objects.create(rubric=rubric, subject_id=subject, by=by.user)
    _record(by, rubric, "rubric.pin_answer", subject)
    return pin


@transaction.atomic
def unpin_answer(*, by: Actor, rubric: Rubric, response: Response) -> None:
    """Take an answer out of view; its verdicts stay."""
    subject = _subject(by, rubric, response)
    gone, _ = PinnedAnswer.objects.filter(rubric=rubric, subject=subject).delete()
    if gone:
        _record(by, rubric, "rubric.unpin_answer", subject)


def _subject(by: Actor, rubric: Rubric, response: Response) -> int:
    """The key of what is judged when the response is; made where nobody judged it yet."""
    permissions.check_may_pin(by, rubric)
    dataset = response.prompt.dataset
    permissions.check_belongs(by, dataset.workspace_id, "answer")
    return datasets.of_responses(dataset, [response])[response.pk]


def _record(by: Actor, rubric: Rubric, action: str, subject: int) -> None:
    history.record(by=by, workspace=rubric.workspace, action=action, target=rubric, detail={"subject": subject})

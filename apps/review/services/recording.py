"""What a decision leaves in the data set: labels and preferences of the person who made it."""

from apps.accounts.permissions import Actor
from apps.datasets import queries as dataset_queries
from apps.datasets import services as datasets
from apps.review import queries
from apps.review.models import Review
from domain.decisions import Decision


def store(
    by: Actor, ask: queries.Ask, review: Review, decision: Decision, mode: str, *, note: str | None = None
) -> None:
    """Store the labels of a decision; `note` takes the place of the review's where it was changed later."""
    held = ask.labels(decision)
    if not held:
        return
    taken = _repeats(by, ask, mode)
    labels = [
        datasets.OwnLabel(
            subject_id=ask.subject.pk,
            criterion=one.criterion,
            value=one.value,
            payload=one.payload,
            mode=mode,
            repeat=taken.get(one.criterion, 0),
            confidence=review.confidence if note is None else None,
            spans=one.spans if note is None else (),
            note=review.note if note is None else note,
            review_id=review.pk,
        )
        for one in held
    ]
    datasets.add_own_labels(by=by, dataset=ask.prompt.dataset, labels=labels)


def next_repeat(by: Actor, ask: queries.Ask, decision: Decision, mode: str) -> int:
    """How often the person decided the same before in this mode."""
    held = ask.labels(decision)
    if not held:
        return 0
    taken = _repeats(by, ask, mode)
    return max(taken.get(one.criterion, 0) for one in held)


def _repeats(by: Actor, ask: queries.Ask, mode: str) -> dict[str | None, int]:
    found = dataset_queries.next_repeats(by, [ask.subject.pk], mode=mode)
    return {criterion: number for (_, criterion), number in found.items()}

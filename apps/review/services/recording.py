"""What a decision leaves in the data set: labels and preferences of the person who made it."""

from apps.accounts.permissions import Actor
from apps.datasets import queries as dataset_queries
from apps.datasets import services as datasets
from apps.review import queries
from apps.review.models import Review
from domain.decisions import Decision

Repeats = dict[str | None, int]


def store(
    by: Actor, ask: queries.Ask, review: Review, decision: Decision, mode: str, *, taken: Repeats,
    note: str | None = None,
) -> None:  # fmt: skip
    """Store the labels and preferences of a decision; `note` takes the review's place where it was changed later."""
    confidence, words = (review.confidence, review.note) if note is None else (None, note)
    labels = [
        datasets.OwnLabel(
            subject_id=ask.subject.pk,
            criterion=one.criterion,
            value=one.value,
            payload=one.payload,
            mode=mode,
            repeat=taken.get(one.criterion, 0),
            confidence=confidence,
            spans=one.spans if note is None else (),
            note=words,
            review_id=review.pk,
        )
        for one in ask.labels(decision)
    ]
    if labels:
        datasets.add_own_labels(by=by, dataset=ask.prompt.dataset, labels=labels)
    preferences = [
        datasets.OwnPreference(
            subject_id=ask.subject.pk,
            ranks=one.ranks,
            criterion=one.criterion,
            strength=one.strength,
            mode=mode,
            note=words,
            extensions={**one.extensions, "review": review.pk, "confidence": confidence},
        )
        for one in ask.preferences(decision)
    ]
    if preferences:
        datasets.add_own_preferences(by=by, dataset=ask.prompt.dataset, preferences=preferences)


def replace(by: Actor, ask: queries.Ask, review: Review, decision: Decision) -> None:
    """Put what a decision says now in the place of what it said, under the same mode and repeat number."""
    labels = [
        datasets.OwnLabel(
            subject_id=ask.subject.pk, criterion=one.criterion, value=one.value, payload=one.payload, mode=review.mode,
            confidence=review.confidence, spans=one.spans, note=review.note, review_id=review.pk,
        )
        for one in ask.labels(decision)
    ]  # fmt: skip
    if labels:
        datasets.revise_own_labels(by=by, dataset=ask.prompt.dataset, labels=labels)
    preferences = [
        datasets.OwnPreference(
            subject_id=ask.subject.pk, ranks=one.ranks, criterion=one.criterion, strength=one.strength,
            mode=review.mode, note=review.note,
            extensions={**one.extensions, "review": review.pk, "confidence": review.confidence},
        )
        for one in ask.preferences(decision)
    ]  # fmt: skip
    if preferences:
        datasets.revise_own_preferences(by=by, dataset=ask.prompt.dataset, preferences=preferences)


def next_repeat(by: Actor, ask: queries.Ask, decision: Decision, mode: str, taken: Repeats) -> int:
    """How often the person decided the same before in this mode."""
    held = ask.labels(decision)
    if held:
        return max(taken.get(one.criterion, 0) for one in held)
    if ask.item.subject_id is None:
        return 0
    return Review.objects.filter(
        by=by.user, mode=mode, item__subject=ask.item.subject_id, item__queue__task=ask.item.queue.task,
        item__criterion=ask.item.criterion,
    ).count()  # fmt: skip


def repeats(by: Actor, ask: queries.Ask, mode: str) -> Repeats:
    """How often the person labelled the item's subject before in this mode, by criterion."""
    if ask.item.subject_id is None:
        return {}
    found = dataset_queries.next_repeats(by, [ask.subject.pk], mode=mode)
    return {criterion: number for (_, criterion), number in found.items()}

"""What the answers to a task amount to, beside agreement: by model, by kind of error, by criterion or by edit."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from apps.datasets.models import SubjectMember
from apps.review.models import Queue, Review
from apps.review.queries.asks import Ask, asks_of
from domain.decisions import Decision, votes

MOST_WRITTEN = 50
NO_MODEL = "no model named"


@dataclass(frozen=True)
class Table:
    """One table of a report: the first column names the row, the others hold numbers or words."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Said:
    """One person's first decision, with the models of the answers in their stored order."""

    review: Review
    decision: Decision
    models: tuple[str, ...]


def amounts(queue: Queue) -> list[Table]:
    """What people's first blind decisions amount to; those that cannot be decided are left out. Empty for verdicts."""
    tell = _TABLES.get(queue.task)
    if tell is None:
        return []
    said = [one for one in _said(queue) if not one.decision.is_undecided]
    return tell(said, asks_of({one.review.item_id: one.review.item for one in said}.values())) if said else []


def _said(queue: Queue) -> Iterator[Said]:
    rows = Review.objects.filter(item__queue=queue, mode="blind").select_related(
        "item__queue__workspace", "item__version__rubric", "item__subject__prompt"
    )
    reviews = list(rows.order_by("pk"))
    models: dict[int, list[str]] = defaultdict(list)
    subjects = {review.item.subject_id for review in reviews}
    members = SubjectMember.objects.filter(subject__in=subjects).order_by("subject", "position")
    for subject, model in members.values_list("subject", "response__model"):
        models[subject].append(model or NO_MODEL)
    for review in reviews:
        yield Said(review, Ask.first_of(review), tuple(models.get(review.item.subject_id or 0, ())))


def _pairs(said: Sequence[Said], _: Mapping[int, Ask]) -> list[Table]:
    found: dict[str, list[float]] = defaultdict(list)
    for one in said:
        strength = one.decision.value or 0.0
        found[one.models[0]].append(-strength)
        found[one.models[1]].append(strength)
    rows = [
        (
            model,
            len(own),
            *(sum(_sign(one) == side for one in own) for side in (1, 0, -1)),
            round(mean(own), 2),
        )
        for model, own in sorted(found.items(), key=lambda row: -mean(row[1]))
    ]
    firsts = sum(
        (one.decision.value or 0.0) * (1 if one.decision.payload.get("shown") == [0, 1] else -1) < 0 for one in said
    )
    ordered = sum(bool(one.decision.value) for one in said)
    note = f"The answer shown first was the better one in {firsts} of {ordered} pairs that were no tie."
    columns = ("Model", "Comparisons", "Better", "Equal", "Worse", "Mean strength")
    return [Table("By model", columns, tuple(rows), note)]


def _rankings(said: Sequence[Said], _: Mapping[int, Ask]) -> list[Table]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in said:
        for model, rank in zip(one.models, one.decision.payload["ranks"], strict=True):
            found[model].append(rank)
    rows = [
        (model, len(own), own.count(1), round(mean(own), 2))
        for model, own in sorted(found.items(), key=lambda row: mean(row[1]))
    ]
    return [Table("By model", ("Model", "Ranked", "Ranked first", "Mean rank"), tuple(rows), "Ties share a rank.")]


def _ratings(said: Sequence[Said], _: Mapping[int, Ask]) -> list[Table]:
    found = _by_model(said)
    rows = [
        (model, len(own), *(own.count(float(level)) for level in range(1, 6)), round(mean(own), 2))
        for model, own in sorted(found.items(), key=lambda row: -mean(row[1]))
    ]
    return [Table("By model", ("Model", "Ratings", "1", "2", "3", "4", "5", "Mean"), tuple(rows))]


def _mistakes(said: Sequence[Said], _: Mapping[int, Ask]) -> list[Table]:
    counts: Counter[tuple[str, str]] = Counter(
        (row["category"], row["severity"]) for one in said for row in one.decision.payload["errors"]
    )
    kinds = sorted({category for category, _ in counts})
    severities = ("Major", "Minor", "Neutral")
    errors = tuple((kind, *(counts[kind, severity] for severity in severities)) for kind in kinds)
    models = [
        (model, len(own), own.count(0.0), round(mean(own), 2))
        for model, own in sorted(_by_model(said).items(), key=lambda row: -mean(row[1]))
    ]
    columns = ("Model", "Answers read", "Without an error", "Mean score")
    note = "The MQM score is minus the points of all errors; 0 is best."
    return [Table("By model", columns, tuple(models), note), Table("By kind", ("Kind", *severities), errors)]


def _critiques(said: Sequence[Said], _: Mapping[int, Ask]) -> list[Table]:
    rows = tuple(
        (one.review.item.about.prompt.external_id, ", ".join(one.models), one.review.note, len(one.decision.spans))
        for one in reversed(said[-MOST_WRITTEN:])
    )
    return [Table("The last critiques", ("Prompt", "Model", "Critique", "Passages"), rows)]


def _votes(said: Sequence[Said], asks: Mapping[int, Ask]) -> list[Table]:
    task = said[0].review.item.queue.task
    offered = votes.NECESSITY if task == Queue.Task.NECESSITY else votes.TRIAGE
    found: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        found[one.review.item_id].append(one)
    rows = []
    for key, own in found.items():
        counts = Counter(one.decision.payload.get("vote") for one in own)
        reasons = [text for one in own for text in (one.decision.payload.get("text"), one.review.note) if text]
        title = asks[key].title if key in asks else "no longer there"
        rows.append((title, *(counts[vote.name] for vote in offered), " · ".join(map(str, reasons))))
    columns = ("What", *(vote.label for vote in offered), "Reasons and other words")
    return [Table("Votes", columns, tuple(rows), "Votes advise. Whoever decides reads them.")]


def _sign(strength: float) -> int:
    return (strength > 0) - (strength < 0)


def _by_model(said: Sequence[Said]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for one in said:
        found[one.models[0]].append(one.decision.value or 0.0)
    return found


_TABLES: dict[str, Any] = {
    Queue.Task.PAIR: _pairs,
    Queue.Task.RANKING: _rankings,
    Queue.Task.RATING: _ratings,
    Queue.Task.SPANS: _mistakes,
    Queue.Task.CRITIQUE: _critiques,
    Queue.Task.NECESSITY: _votes,
    Queue.Task.TRIAGE: _votes,
}

"""Results of run items: verdicts with their contributions and the score, the same for screen and REST."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.datasets.models import SubjectKind
from apps.judging.models import Run, RunItem, Verdict
from apps.judging.queries import artefacts, groups, keys, scored, stored
from apps.judging.queries.measured import in_words
from apps.rubrics import queries as rubric_queries
from domain import rubric as rubrics
from domain import scoring, verdicts

if TYPE_CHECKING:
    from apps.datasets.models import Response
    from apps.rubrics.models import Profile

PENDING = "pending"
PART = "part"
TIE = 0.5
BATCH = 200
RELATED = ("version__rubric", "judge_version__judge", "subject__prompt__dataset")


@dataclass(frozen=True)
class CriterionResult:
    """One criterion of the rubric with its verdict, where there is one."""

    number: int
    criterion: rubrics.Criterion
    share: float
    verdict: verdicts.Verdict | None
    row: Verdict | None
    contribution: float | None
    compares: bool = False

    @property
    def winner(self) -> str:
        """Which answer of a pair is the better one by this criterion, A or B; nothing for a tie or without a value."""
        if not self.compares or self.verdict is None or self.verdict.value is None or self.verdict.value == TIE:
            return ""
        return "A" if (self.verdict.value > TIE) != self.criterion.is_pitfall else "B"

    @property
    def measured(self) -> tuple[str, ...]:
        """What else the strategy measured, in short phrases."""
        return in_words(self.verdict.detail) if self.verdict and self.verdict.is_scored else ()

    @property
    def status(self) -> str:
        """The verdict's status, or that it is still to come."""
        return self.verdict.status.value if self.verdict else PENDING

    @property
    def contradicted(self) -> bool:
        """Whether the reason before the verdict ends in another verdict."""
        return self.verdict is not None and self.verdict.detail.get("consistent") is False

    @property
    def label(self) -> str:
        """The label the judge found likeliest, for scales what it means."""
        if self.verdict is None or not self.verdict.distribution or self.compares:
            return ""
        text = max(self.verdict.distribution, key=lambda pair: pair[1])[0]
        if self.criterion.kind in {rubrics.Kind.BINARY, rubrics.Kind.ANSWER}:
            return text.strip()
        meanings = {label.text: label.meaning for label in verdicts.labels_for(self.criterion)}
        return meanings.get(text, "").split(":")[0].strip() or text.strip()


@dataclass(frozen=True)
class Result:
    """What is known of one answer under one rubric version by one judge."""

    item: RunItem
    rubric: rubrics.Rubric
    digest: str
    score: scoring.Score | None
    criteria: tuple[CriterionResult, ...]

    @property
    def status(self) -> str:
        """As in the contract: ok, partial, or why there is no reward; pending where criteria have no verdict yet."""
        if self.item.asked and self.item.state != RunItem.State.WAITING and not self.pending:
            return PART
        if self.score is None and self.item.state == RunItem.State.FAILED:
            return verdicts.Status.JUDGE_ERROR.value
        return self.score.status if self.score else PENDING

    @property
    def reward(self) -> float | None:
        """The raw score, or nothing."""
        return self.score.raw if self.score else None

    @property
    def is_pair(self) -> bool:
        """Whether two answers were compared."""
        return self.item.subject.kind == SubjectKind.PAIR

    @property
    def is_list(self) -> bool:
        """Whether the answer was judged in a list."""
        return self.item.subject.kind == SubjectKind.LIST

    @property
    def winner(self) -> str:
        """Which answer of a pair is better by the whole rubric, A or B; nothing for a tie or without a score."""
        if not self.is_pair or self.reward is None or abs(self.reward - TIE) <= scoring.SAME:
            return ""
        return "A" if self.reward > TIE else "B"

    @property
    def members(self) -> "list[Response]":
        """The answers of the subject, in order; items must come with them."""
        return [member.response for member in self.item.subject.members.all()]

    @property
    def judged(self) -> "list[Response]":
        """The answers that the verdicts are about: one, or the two of a pair."""
        place = self.item.subject.judged_member
        return self.members if place is None else self.members[place : place + 1]

    @property
    def title(self) -> str:
        """The ids of the answers that the verdicts are about."""
        return " and ".join(response.external_id for response in self.judged)

    @property
    def cached(self) -> bool:
        """Whether all of it was stored before."""
        return bool(self.item.reused) and self.item.reused == self.item.scored + self.item.unscored

    @property
    def pending(self) -> int:
        """Criteria without a stored verdict."""
        return sum(result.verdict is None for result in self.criteria) if not self.item.content_reason else 0


def results(
    items: Iterable[RunItem], *, profile: "Profile | None" = None, curves: artefacts.Curves | None = None
) -> list[Result]:
    """Results of items that came with their relations (`RELATED`), from stored verdicts, with no judge call.

    `curves` are those of calibrations that were asked for by name; without them every value is as the judge gave it.
    """
    asked_for = list(items)
    reader = keys.Reader()
    chosen = [*asked_for, *groups.peers(asked_for, reader, RELATED)]
    keyed = [_keyed(item, reader) for item in chosen]
    rows = stored.rows_by_key({key for of_item in keyed for key in of_item.values()})
    asked = _Asked(reader, profile, curves or {})
    found = [_judged(item, of_item, rows, asked) for item, of_item in zip(chosen, keyed, strict=True)]
    together = groups.scores(((one.item, one.known, one.complete) for one in found), reader, asked.weights)
    return [_result(one, rows, asked, together) for one in found[: len(asked_for)]]


def result_of(item: RunItem) -> Result:
    """The result of one item."""
    return results([RunItem.objects.select_related(*RELATED).get(pk=item.pk)])[0]


def export(run: Run) -> Iterator[dict[str, Any]]:
    """Every verdict of a run as plain values, with the version, digest and judge it belongs to."""
    last = -1
    while True:
        items = list(
            RunItem.objects.filter(run=run, index__gt=last)
            .select_related(*RELATED)
            .prefetch_related("subject__members__response")
            .order_by("index")[:BATCH]
        )
        if not items:
            return
        last = items[-1].index
        for result in results(items):
            yield from _lines(result)


def _keyed(item: RunItem, reader: keys.Reader) -> dict[str, uuid.UUID]:
    if item.content_reason:
        return {}
    found = reader.verdict_keys(item.version, item.judge_version, item.subject, item.sample)
    return {name: key for name, key in found.items() if name in item.asked} if item.asked else found


@dataclass(frozen=True)
class _Asked:
    """With what verdicts become a score."""

    reader: keys.Reader
    profile: "Profile | None"
    curves: artefacts.Curves

    def weights(self, item: RunItem) -> dict[str, float] | None:
        """The weights of the profile, for the versions of its own rubric."""
        if self.profile is None or self.profile.rubric_id != item.version.rubric_id:
            return None
        return rubric_queries.profile_weights(self.profile, self.reader.rubric(item.version))


@dataclass(frozen=True)
class _Judged:
    """An item with its verdicts; `complete` where none is missing."""

    item: RunItem
    keys: dict[str, uuid.UUID]
    known: dict[str, verdicts.Verdict]
    complete: bool


def _judged(item: RunItem, of_item: dict[str, uuid.UUID], rows: dict[uuid.UUID, Verdict], asked: _Asked) -> _Judged:
    reader, curves = asked.reader, asked.curves
    known = stored.by_criterion(of_item, rows)
    if curves:
        digests = reader.criterion_digests(item.version, "isolated")
        judge = item.judge_version.fingerprint
        known = {name: artefacts.calibrated(one, curves.get((judge, digests[name]))) for name, one in known.items()}
    complete = bool(item.content_reason) or all(key in rows for key in of_item.values())
    return _Judged(item, of_item, known, complete)


def _score(one: _Judged, asked: _Asked, together: Mapping[int, scoring.Score]) -> scoring.Score | None:
    item = one.item
    if not one.complete or item.asked or item.state not in groups.SETTLED:
        return None
    if groups.compares(item, asked.reader):
        return together.get(item.pk)
    return scored.score_of(
        item.subject, item.judge_version, asked.reader.rubric(item.version), one.known, weights=asked.weights(item),
        content_reason=item.content_reason or None,
    )  # fmt: skip


def _result(
    one: _Judged, rows: dict[uuid.UUID, Verdict], asked: _Asked, together: Mapping[int, scoring.Score]
) -> Result:
    item, of_item, known, reader = one.item, one.keys, one.known, asked.reader
    rubric, score = reader.rubric(item.version), _score(one, asked, together)
    given = score.contributions if score else {}
    shares = rubrics.shares(rubric, asked.weights(item))
    criteria = tuple(
        CriterionResult(
            number=number,
            criterion=criterion,
            share=shares[criterion.id],
            verdict=known.get(criterion.id),
            row=rows.get(of_item[criterion.id]) if of_item else None,
            contribution=given.get(criterion.id),
            compares=item.subject.kind == SubjectKind.PAIR,
        )
        for number, criterion in enumerate(rubric.criteria, start=1)
        if not item.asked or criterion.id in item.asked
    )
    return Result(item, rubric, reader.digest(item.version), score, criteria)


def _lines(result: Result) -> Iterator[dict[str, Any]]:
    item = result.item
    members = [member.response.external_id for member in item.subject.members.all()]
    common = {
        "rubric": item.version.rubric.slug,
        "version": item.version.number,
        "digest": result.digest,
        "judge": str(item.judge_version),
        "fingerprint": item.judge_version.fingerprint,
        "dataset": item.subject.prompt.dataset.slug,
        "prompt_id": item.subject.prompt.external_id,
        "subject": item.subject.kind,
        "members": members,
        "response_id": None if item.subject.judged_member is None else members[item.subject.judged_member],
        "sample": item.sample,
        "score": {"status": result.status, "raw": result.reward},
    }
    if item.content_reason:
        yield {**common, "criterion": None, "status": "content_gate", "reason": item.content_reason}
        return
    for found in result.criteria:
        yield {**common, "criterion": found.criterion.id, **verdict_values(found)}


def verdict_values(found: CriterionResult) -> dict[str, Any]:
    """One criterion's verdict as REST and exports show it."""
    verdict = found.verdict
    if verdict is None:
        return {"status": PENDING, "value": None, "probability": None, "label_mass": None, "contribution": None}
    return {
        "status": verdict.status.value,
        "reason": verdict.reason,
        "value": verdict.value,
        "probability": verdict.probability,
        "label_mass": verdict.label_mass,
        "contribution": found.contribution,
        "evidence": [{"start": s.start, "end": s.end, "text": s.text} for s in verdict.evidence],
        "rationale": verdict.rationale,
        "detail": dict(verdict.detail),
        "key": str(found.row.key) if found.row else None,
        "call": found.row.call_id if found.row else None,
    }

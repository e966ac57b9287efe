"""Stores what was found, for many answers at once: calls, verdicts, scores, items, in one short transaction."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection, transaction

from apps.datasets.models import SubjectKind
from apps.jobs.leases import Lease
from apps.judging.models import Call, RunItem
from apps.judging.queries import keys, scored, stored
from apps.judging.runners import statements
from apps.judging.runners.cleaning import clean_text
from apps.judging.runners.loading import Work
from domain import pipeline, scoring
from domain.verdicts import Status, Verdict

SCORED = ("ok", "partial")
_DECIDED = {Status.OK, Status.NOT_APPLICABLE}


@dataclass
class Outcome:
    """All that was found about one answer; `complete` when nothing is left to ask.

    `reused` was stored before, `settled` was written in an earlier part of the same answer, `fresh` is to be written.
    """

    work: Work
    content_reason: str = ""
    reused: dict[str, Verdict] = field(default_factory=dict)
    settled: dict[str, Verdict] = field(default_factory=dict)
    fresh: dict[str, Verdict] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    origin: dict[str, tuple[int, int]] = field(default_factory=dict)
    complete: bool = True

    @property
    def found(self) -> dict[str, Verdict]:
        """All verdicts by criterion id."""
        return {**self.reused, **self.settled, **self.fresh}


@dataclass(frozen=True)
class ScoreRow:
    """A score and what it belongs to."""

    key: uuid.UUID
    workspace_id: int
    version_id: int
    judge_version_id: int | None
    subject_id: int
    sample: int
    digest: str
    score: scoring.Score
    verdict_keys: Sequence[uuid.UUID]
    profile_id: int | None = None
    artefacts: Sequence[str] = ()
    group: str = ""


def write(lease: Lease, outcomes: Sequence[Outcome], known: dict[uuid.UUID, Verdict]) -> dict[str, int]:
    """Store outcomes as long as the lease holds; returns what was counted.

    `known` is the memory of the shard: verdicts that another worker stored first are put right in it.
    """
    with transaction.atomic():
        lease.guard()
        Call.objects.bulk_create(_unwritten(outcomes))
        elsewhere = _write_verdicts(outcomes)
        known.update(elsewhere)
        done = [outcome for outcome in outcomes if outcome.complete]
        for outcome in done:
            _take_over(outcome, elsewhere)
        scores = {outcome.work.item.pk: _score(outcome) for outcome in done}
        write_scores(
            _score_row(outcome, scores[outcome.work.item.pk])
            for outcome in done
            if not outcome.work.item.asked and outcome.work.item.run.supposed is None and not _compares(outcome.work)
        )
        return _write_items(done, scores)


def _unwritten(outcomes: Sequence[Outcome]) -> list[Call]:
    """The calls that are not stored yet; those about a list are shared by its members."""
    calls = {id(call): call for outcome in outcomes for call in outcome.calls}
    return [call for call in calls.values() if not call.pk]


def write_scores(rows: Iterable[ScoreRow]) -> int:
    """Store scores under their keys; a score stored before is brought up to its verdicts."""
    unique = {row.key: _score_values(row) for row in rows}
    if unique:
        _execute(statements.SCORES, list(unique.values()))
    return len(unique)


def write_verdicts(rows: list[dict[str, Any]]) -> set[uuid.UUID]:
    """Store verdicts given as rows of the statement; returns the keys of those that were not decided before."""
    return {row[0] for row in _execute(statements.VERDICTS, rows)}


def _score_values(row: ScoreRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "workspace": row.workspace_id,
        "version": row.version_id,
        "judge": row.judge_version_id,
        "subject": row.subject_id,
        "profile": row.profile_id,
        "sample": row.sample,
        "digest": row.digest,
        "status": row.score.status,
        "raw": row.score.raw,
        "display": row.score.display,
        "coverage": row.score.coverage,
        "contributions": row.score.contributions,
        "trace": row.score.trace,
        "verdict_keys": row.verdict_keys,
        "artefacts": sorted(row.artefacts),
        "grouped": row.group,
    }


def _write_verdicts(outcomes: Sequence[Outcome]) -> dict[uuid.UUID, Verdict]:
    """Store fresh verdicts; returns those that another worker had stored before."""
    fresh: dict[uuid.UUID, tuple[Outcome, str, Verdict]] = {}
    for outcome in outcomes:
        for name, verdict in outcome.fresh.items():
            fresh.setdefault(outcome.work.keys[name], (outcome, name, verdict))
    if not fresh:
        return {}
    lost = fresh.keys() - write_verdicts([_verdict_values(key, *found) for key, found in fresh.items()])
    return {key: stored.as_domain(row, row.criterion) for key, row in stored.rows_by_key(lost).items()} if lost else {}


def _verdict_values(key: uuid.UUID, outcome: Outcome, name: str, verdict: Verdict) -> dict[str, Any]:
    work = outcome.work
    call, place = outcome.origin.get(name, (None, 0))
    return {
        "key": key,
        "workspace": work.subject.workspace_id,
        "judge": work.judge.pk,
        "subject": work.subject.pk,
        "criterion": name,
        "digest": work.digests[name],
        "fingerprint": work.judge.fingerprint,
        "strategy": work.judge.strategy,
        "protocol": work.judge.protocol,
        "context": work.prompt.context_hash,
        "sample": work.item.sample,
        "status": verdict.status.value,
        "reason": clean_text(verdict.reason)[:300],
        "value": verdict.value,
        "probability": verdict.probability,
        "mass": verdict.label_mass,
        "distribution": verdict.distribution,
        "evidence": [{"start": span.start, "end": span.end, "text": span.text} for span in verdict.evidence],
        "rationale": clean_text(verdict.rationale),
        "detail": dict(verdict.detail),
        "call": outcome.calls[call].pk if call is not None else None,
        "call_index": place,
    }


def _take_over(outcome: Outcome, elsewhere: dict[uuid.UUID, Verdict]) -> None:
    """Give criteria of equal text the same verdict, and let a verdict stored first win."""
    by_key = {outcome.work.keys[name]: verdict for name, verdict in outcome.found.items()}
    for criterion in outcome.work.criteria if not outcome.content_reason else ():
        key = outcome.work.keys[criterion.id]
        if key in elsewhere:
            outcome.fresh.pop(criterion.id, None)
            outcome.settled.pop(criterion.id, None)
            outcome.reused[criterion.id] = elsewhere[key]
        elif criterion.id not in outcome.found and key in by_key:
            outcome.fresh[criterion.id] = by_key[key]


def _compares(work: Work) -> bool:
    """Whether the score depends on answers that other workers judge; it is then made of all of them, when asked for."""
    return work.subject.kind != SubjectKind.PAIR and pipeline.needs_group(work.rubric.scoring)


def _score(outcome: Outcome) -> scoring.Score:
    """The score; where answers are compared, only what it says of missing verdicts holds before all are judged."""
    work = outcome.work
    reason = outcome.content_reason or None
    if _compares(work):
        sizes = None if reason else scored.sizes_of(work.subject, work.rubric)
        return scoring.score_group(work.rubric, [outcome.found], content_reasons=[reason], lengths=[sizes])[0]
    return scored.score_of(work.subject, work.judge, work.rubric, outcome.found, content_reason=reason)


def _score_row(outcome: Outcome, score: scoring.Score) -> ScoreRow:
    work = outcome.work
    return ScoreRow(
        key=keys.score_key(work.digest, work.judge, work.subject, sample=work.item.sample),
        workspace_id=work.subject.workspace_id,
        version_id=work.item.version_id,
        judge_version_id=work.judge.pk,
        subject_id=work.subject.pk,
        sample=work.item.sample,
        digest=work.digest,
        score=score,
        verdict_keys=() if outcome.content_reason else list(work.keys.values()),
    )


def _write_items(done: Sequence[Outcome], scores: dict[int, scoring.Score]) -> dict[str, int]:
    counts = {"items": len(done), "scored": 0, "unscored": 0, "reused": 0}
    rows = []
    for outcome in done:
        found = list(outcome.found.values())
        decided = sum(verdict.status in _DECIDED for verdict in found)
        score = scores[outcome.work.item.pk]
        whole = score.status in SCORED if not outcome.work.item.asked else decided == len(found)
        state = RunItem.State.DONE if whole else RunItem.State.FAILED
        reason = "" if whole else _reason(score.status, found) or next((v.reason[:300] for v in found if v.reason), "")
        used = () if outcome.content_reason else list(outcome.work.keys.values())
        unscored, reused = len(found) - decided, len(outcome.reused)
        rows.append(
            {
                "id": outcome.work.item.pk,
                "state": state.value,
                "reason": reason,
                "content_reason": outcome.content_reason[:60],
                "verdict_keys": used,
                "scored": decided,
                "unscored": unscored,
                "reused": reused,
            }
        )
        counts["scored"] += decided
        counts["unscored"] += unscored
        counts["reused"] += reused
    if rows:
        _execute(statements.ITEMS, rows)
    return counts


def _reason(status: str, found: Iterable[Verdict]) -> str:
    """The sentence of the first verdict that denied the score."""
    return next((clean_text(verdict.reason)[:300] for verdict in found if verdict.status.value == status), "")


def _execute(statement: str, rows: list[dict[str, Any]]) -> list[Any]:
    """Hand many rows over as one JSON text, which costs less than one parameter a value."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(rows).decode()])
        return cursor.fetchall() if cursor.description else []

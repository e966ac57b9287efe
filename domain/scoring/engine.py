"""One answer, or the answers of one prompt, scored with a trace: content gate, missing verdicts, then the pipeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from domain import errors, pipeline
from domain.rubric import Rubric
from domain.scoring import terms
from domain.scoring.explaining import Explained, explain
from domain.scoring.table import CANNOT_ASSESS, CODES, STATUSES, Floats, Scores, Table, scores_of
from domain.scoring.terms import Missing, gravest
from domain.verdicts import Status, Verdict

TraceStep = dict[str, Any]
Lengths = Mapping[str, float]


@dataclasses.dataclass(frozen=True, slots=True)
class Score:
    """A score or the reason why there is none, with the trace that recomputes it.

    `status` is `ok`, `partial`, or the gravest status of the verdicts that deny a score. `contributions` add up to
    the raw score less `baseline`; `explained` says how they were found, and `error` is their largest standard error
    where they were sampled.
    """

    raw: float | None
    display: float | None
    status: str
    coverage: float
    contributions: dict[str, float]
    trace: tuple[TraceStep, ...]
    baseline: float = 0.0
    explained: Explained = Explained.SUM
    error: float | None = None


def score(
    rubric: Rubric,
    verdicts: Mapping[str, Verdict | None],
    *,
    weights: Mapping[str, float] | None = None,
    content_reason: str | None = None,
    lengths: Lengths | None = None,
) -> Score:
    """Score an answer; `weights` replaces the rubric's own, `content_reason` says it is degenerate."""
    table = table_of(rubric, [verdicts], [content_reason], [lengths])
    return _read(rubric, scores_of(rubric, table, weights=weights), table, 0, content_reason)


def score_group(
    rubric: Rubric,
    verdicts: Sequence[Mapping[str, Verdict | None]],
    *,
    weights: Mapping[str, float] | None = None,
    content_reasons: Sequence[str | None] | None = None,
    lengths: Sequence[Lengths | None] | None = None,
) -> list[Score]:
    """Score the answers of one prompt together, so that steps that compare them can."""
    reasons = content_reasons or [None] * len(verdicts)
    table = table_of(rubric, verdicts, reasons, lengths or [None] * len(verdicts))
    found = scores_of(rubric, table, weights=weights, groups=[0] * len(verdicts))
    return [_read(rubric, found, table, row, reason) for row, reason in enumerate(reasons)]


def from_values(rubric: Rubric, values: Mapping[str, float | None]) -> dict[str, Verdict | None]:
    """Verdicts from plain values, None where a criterion is unscored."""
    problems = [
        errors.Problem(f"/{name}", "A value must be a number between 0 and 1, or null.")
        for name, value in values.items()
        if not _is_value(value)
    ]
    if problems:
        raise errors.Invalid(
            f"The value at {problems[0].pointer} must be a number between 0 and 1, or null.",
            code="value_invalid",
            problems=problems,
        )
    return {
        c.id: None
        if values.get(c.id) is None
        else Verdict(c.id, Status.OK, value=values[c.id], probability=values[c.id])
        for c in rubric.criteria
    } | {name: None for name in values if rubric.criterion(name) is None}


def _is_value(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def table_of(
    rubric: Rubric,
    rows: Sequence[Mapping[str, Verdict | None]],
    reasons: Sequence[str | None] | None = None,
    lengths: Sequence[Lengths | None] | None = None,
    steps: Sequence[pipeline.Step] | None = None,
) -> Table:
    """Verdicts as columns, with the lengths that the rubric's steps, or others, look at; none of degenerate answers."""
    reasons, lengths = reasons or [None] * len(rows), lengths or [None] * len(rows)
    shape = (len(rows), len(rubric.criteria))
    values, codes = np.zeros(shape), np.full(shape, CANNOT_ASSESS, dtype=np.int8)
    for row, (verdicts, reason) in enumerate(zip(rows, reasons, strict=True)):
        given = {} if reason is not None else verdicts
        terms.check_names(rubric, given, "verdict")
        for column, criterion in enumerate(rubric.criteria):
            verdict = given.get(criterion.id)
            if verdict is not None:
                codes[row, column] = CODES[verdict.status]
                values[row, column] = terms.value_of(verdict) if verdict.status is Status.OK else 0.0
    return Table(
        values,
        codes,
        np.array([r is not None for r in reasons], dtype=bool),
        _lengths(rubric.scoring if steps is None else steps, lengths, reasons),
    )


def _lengths(
    steps: Sequence[pipeline.Step], lengths: Sequence[Lengths | None], reasons: Sequence[str | None]
) -> dict[str, Floats]:
    """The sizes of answers as columns, where the pipeline looks at them."""
    found = {}
    for unit in sorted({unit for step in steps for unit in step.units}):
        sizes = [(given or {}).get(unit) for given in lengths]
        if any(size is None and reason is None for size, reason in zip(sizes, reasons, strict=True)):
            raise errors.Invalid(
                f"The scoring looks at the length of answers: say how many {unit} each has.", code="length_needed"
            )
        found[unit] = np.array([0.0 if size is None else size for size in sizes], dtype=np.float64)
    return found


def _read(rubric: Rubric, found: Scores, table: Table, row: int, content_reason: str | None) -> Score:
    """What the columns say of one answer."""
    return read(rubric, found, table, row) if content_reason is None else _degenerate(rubric, content_reason)


def read(rubric: Rubric, found: Scores, table: Table, row: int, *, absent: float = 0.0) -> Score:
    """What the columns say of one answer, or pair, that judges looked at; `absent` as of `explain`."""
    missing = _missing(rubric, found, table, row)
    trace = [_missing_step(missing)] if missing else []
    coverage = float(found.coverage[row])
    reason = gravest(one.status for one in missing if not found.denied[row] or one.policy == "null")
    if found.denied[row]:
        return _nothing(reason, coverage, trace)
    place = int(np.searchsorted(found.taken, row))
    trace += _taken(found.passed, place)
    raw = pipeline.number(found.raw[row])
    if raw is None:
        return _nothing(reason, coverage, trace)
    parts = explain(found.passed, place, absent)
    return Score(
        raw=raw,
        display=min(1.0, max(0.0, raw)),
        status="partial" if missing else "ok",
        coverage=coverage,
        contributions=parts.contributions,
        trace=tuple(trace),
        baseline=parts.baseline,
        explained=parts.how,
        error=parts.error,
    )


def _missing(rubric: Rubric, found: Scores, table: Table, row: int) -> tuple[Missing, ...]:
    return tuple(
        Missing(criterion, 0.0, STATUSES[table.codes[row, place]], terms.policy(rubric, criterion))
        for place in np.flatnonzero(found.missing[row]).tolist()
        for criterion in [rubric.criteria[place]]
    )


def _taken(passed: Sequence[pipeline.Passed], row: int) -> list[TraceStep]:
    """The steps of the pipeline; nothing after the one that found no score."""
    trace: list[TraceStep] = []
    for one in passed:
        if isinstance(one.step, pipeline.GateStep) and not pipeline.looked_at(one.before, row):
            continue
        given = pipeline.inputs(one.step, one.before, row, one.fitted(row))
        out = pipeline.outcome(one.step, one.before, one.after, row)
        notes = one.step.notes(one.before, row)
        trace.append({"step": one.step.step, "in": given, "out": out} | ({"notes": notes} if notes else {}))
        if out is None:
            break
    return trace


def _degenerate(rubric: Rubric, reason: str) -> Score:
    floor = rubric.content_gate.floor
    step = {"step": "content_gate", "in": {"reason": reason, "floor": floor}, "out": floor}
    return Score(
        raw=floor, display=min(1.0, max(0.0, floor)), status="ok", coverage=1.0, contributions={}, trace=(step,),
        baseline=floor,
    )  # fmt: skip


def _nothing(reason: Status | None, coverage: float, trace: Sequence[TraceStep]) -> Score:
    return Score(None, None, (reason or Status.CANNOT_ASSESS).value, coverage, {}, tuple(trace))


def _missing_step(missing: tuple[Missing, ...]) -> TraceStep:
    """The step that says what the policy does with unscored criteria."""
    listed = [{"id": m.criterion.id, "status": m.status.value, "policy": m.policy} for m in missing]
    outcome = "null" if any(m.policy == "null" for m in missing) else "exclude"
    return {"step": "unscored", "in": {"criteria": listed}, "out": outcome}

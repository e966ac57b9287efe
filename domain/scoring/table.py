"""Answers scored together: missing verdicts first, then the steps of the pipeline over whole columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from domain import pipeline
from domain.pipeline import exact
from domain.rubric import Rubric, layout_of
from domain.scoring import terms
from domain.verdicts import Status

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
STATUSES = (Status.OK, Status.NOT_APPLICABLE, *terms.SEVERITY)
CODES: Mapping[Status, int] = {status: code for code, status in enumerate(STATUSES)}
OK, NOT_APPLICABLE = CODES[Status.OK], CODES[Status.NOT_APPLICABLE]
CANNOT_ASSESS = CODES[Status.CANNOT_ASSESS]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Verdicts of n answers (rows) on the m criteria of a rubric, in its order.

    `values` are in [0, 1] where the code is OK and ignored elsewhere; `codes` are places in `STATUSES`, where a verdict
    that was never given counts as CANNOT_ASSESS; `degenerate` marks answers that the content gate decides. `lengths`
    are the sizes of the answers by unit, for pipelines that look at them.
    """

    values: Floats
    codes: Codes
    degenerate: Bools
    lengths: Mapping[str, Floats] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.values.shape != self.codes.shape or self.degenerate.shape != self.values.shape[:1]:
            raise ValueError("Values, codes and degenerate answers do not fit together.")


@dataclasses.dataclass(frozen=True, slots=True)
class Scores:
    """One entry an answer: raw score and the sum before the steps that shape and limit it (NaN where there is no
    score), coverage, and whether something is missing.

    `missing` says what is missing, `denied` where that leaves no score. `passed` are the steps as they were taken on
    the answers `taken`, by row.
    """

    raw: Floats
    summed: Floats
    coverage: Floats
    partial: Bools
    missing: Bools
    denied: Bools
    passed: tuple[pipeline.Passed, ...]
    taken: npt.NDArray[np.intp]

    @property
    def display(self) -> Floats:
        """Scores clamped to the range from 0 to 1."""
        return np.clip(self.raw, 0.0, 1.0)


def scores_of(
    rubric: Rubric,
    table: Table,
    *,
    weights: Mapping[str, float] | None = None,
    groups: Sequence[int] | None = None,
    steps: Sequence[pipeline.Step] | None = None,
    decided: Floats | None = None,
) -> Scores:
    """The score of every row; `weights` replaces the rubric's own by criterion id, `steps` its scoring.

    `decided` is what the content gate gives to degenerate rows, where that is not the floor of the rubric.

    `groups` says which rows answer one prompt. Steps that compare answers look at those of a group that have what they
    need: neither degenerate ones nor those whose missing verdicts leave no score.
    """
    if table.values.shape[1] != len(rubric.criteria):
        raise ValueError("The table has another number of columns than the rubric has criteria.")
    terms.check_weights(rubric, weights or {})
    layout = layout_of(rubric, weights)
    weight = np.array(layout.weights, dtype=np.float64)
    there = table.codes == OK
    counts = (weight > 0) | np.array([item.gate is not None for item in layout.items], dtype=bool)
    missing = ~there & (table.codes != NOT_APPLICABLE) & counts
    denies = np.array([terms.policy(rubric, criterion) == "null" for criterion in rubric.criteria], dtype=bool)
    denied = (missing & denies).any(axis=1) & ~table.degenerate
    taken = np.flatnonzero(~denied & ~table.degenerate)
    columns = pipeline.made(layout, table.values, there, table.lengths)
    if len(taken) < columns.rows:
        columns = columns.some(taken)
    passed = pipeline.taken(
        rubric.scoring if steps is None else steps,
        columns,
        None if groups is None else np.asarray(groups)[taken].tolist(),
    )
    raw = _spread(passed[-1].after.raw, taken, len(there))
    return Scores(
        raw=np.where(table.degenerate, rubric.content_gate.floor if decided is None else decided, raw),
        summed=_spread(_summed(passed), taken, len(there)),
        coverage=np.where(table.degenerate, 1.0, _coverage(there, missing, weight)),
        partial=missing.any(axis=1) & ~table.degenerate,
        missing=missing & ~table.degenerate[:, None],
        denied=denied,
        passed=tuple(passed),
        taken=taken,
    )


def _summed(passed: Sequence[pipeline.Passed]) -> Floats:
    return next(one.after.raw for one in passed if one.step.phase is pipeline.Phase.REDUCE)


def _spread(found: Floats, rows: npt.NDArray[np.intp], count: int) -> Floats:
    """Numbers of some rows among all, NaN for the others."""
    if len(rows) == count:
        return found
    whole = np.full(count, np.nan)
    whole[rows] = found
    return whole


def _coverage(there: Bools, missing: Bools, weight: Floats) -> Floats:
    """The scored share of the weight that applies; of the count where nothing weighs."""
    if not missing.any():
        return np.where(there.any(axis=1), 1.0, 0.0)
    wide = np.broadcast_to(weight, there.shape)
    scored, lost = exact.weight_of(there, wide), exact.weight_of(missing, wide)
    heavy = scored + lost > 0
    count, gone = there.sum(axis=1).astype(np.float64), missing.sum(axis=1)
    share = exact.divided(np.where(heavy, scored, count), np.where(heavy, scored + lost, count + gone))
    return np.nan_to_num(share, nan=0.0)

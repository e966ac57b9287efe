"""How much a rubric's scores teach on real groups: where all answers of a prompt score alike, where the range or a
floor hides differences, and how many criteria the scores really rest on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from domain import pipeline
from domain.rubric import Rubric, effective_weights
from domain.scoring.flat import SAME
from domain.scoring.table import OK, Bools, Floats, Scores, Table

NAMED = 10  # prompts without a spread


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """What one criterion gives: on average, and its share of the variance of the sum; None where it is not known."""

    criterion: str
    mean: float | None
    share: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class Diagnostics:
    """Counts over answers with a score, and over prompts with at least two of them.

    `level` prompts have no spread in the raw score, so every advantage of a group is nought; `level_shown` have none
    once scores are clamped to the range from 0 to 1. `clamped` answers lie outside that range. `at_floor` answers show
    the lowest score of all, 0, or were held down by a closed gate or the content gate. `effective` is how many
    criteria the weighted verdicts really vary over, of `weighing` ones that weigh. `level_prompts` are some of those
    without a spread.
    """

    answers: int
    unscored: int
    prompts: int
    level: int
    level_shown: int
    clamped: int
    at_floor: int
    effective: float | None
    weighing: int
    parts: tuple[Part, ...]
    level_prompts: tuple[int, ...]

    @property
    def zero_advantage(self) -> float | None:
        """The share of prompts without a spread."""
        return self.level / self.prompts if self.prompts else None

    @property
    def clamp_share(self) -> float | None:
        """The share of answers outside the range that is shown."""
        return self.clamped / self.answers if self.answers else None

    @property
    def floor_saturation(self) -> float | None:
        """The share of answers at a floor."""
        return self.at_floor / self.answers if self.answers else None


def diagnose(rubric: Rubric, table: Table, scores: Scores, prompts: Sequence[int]) -> Diagnostics:
    """Look at scored answers; `prompts` says which belong together."""
    there = ~np.isnan(scores.raw)
    raw = scores.raw[there]
    names, codes = np.unique(np.asarray(prompts, dtype=np.int64)[there], return_inverse=True)
    many = np.bincount(codes, minlength=len(names)) > 1
    level, shown = (many & _level(one, codes, len(names)) for one in (raw, np.clip(raw, 0.0, 1.0)))
    held = (_held_down(scores) | table.degenerate)[there]
    return Diagnostics(
        answers=len(raw),
        unscored=int((~there).sum()),
        prompts=int(many.sum()),
        level=int(level.sum()),
        level_shown=int(shown.sum()),
        clamped=int(((raw < -SAME) | (raw > 1.0 + SAME)).sum()),
        at_floor=int((held | (raw <= SAME)).sum()),
        effective=effective_number(_weighted(rubric, table)),
        weighing=sum(one.weight > 0 for one in rubric.criteria),
        parts=_parts(rubric, scores),
        level_prompts=tuple(names[level][:NAMED].tolist()),
    )


def effective_number(columns: Floats) -> float | None:
    """The participation ratio of the covariance of columns: (sum of eigenvalues)² over the sum of their squares.

    Missing cells count as their column's mean. 1 where all vary together, m where m vary alike and apart; nothing
    where nothing varies.
    """
    if len(columns) < 2:
        return None
    filled = ~np.isnan(columns)
    count = filled.sum(axis=0)
    means = np.divide(
        np.where(filled, columns, 0.0).sum(axis=0), count, out=np.zeros(columns.shape[1]), where=count > 0
    )
    centred = np.where(filled, columns - means, 0.0)
    # The eigenvalues of the smaller of the two products are those of the covariance, up to one factor.
    product = centred @ centred.T if len(centred) < centred.shape[1] else centred.T @ centred
    total, squares = float(np.trace(product)), float((product * product).sum())
    return total * total / squares if squares > SAME else None


def _level(raw: Floats, codes: npt.NDArray[np.intp], count: int) -> Bools:
    """Whether all answers of each prompt score alike."""
    high, low = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(high, codes, raw)
    np.minimum.at(low, codes, raw)
    level: Bools = high - low <= SAME
    return level


def _held_down(scores: Scores) -> Bools:
    """Answers whose score a gate lowered."""
    held = np.zeros(len(scores.raw), dtype=bool)
    for one in scores.passed:
        if one.step.step == "gate":
            held[scores.taken] |= one.after.raw < one.before.raw
    return held


def _weighted(rubric: Rubric, table: Table) -> Floats:
    """Verdicts times weights of the criteria that weigh, NaN where there is none."""
    known = effective_weights(rubric)
    weight = np.array([known[one.id] for one in rubric.criteria])
    there = (table.codes == OK) & ~table.degenerate[:, None]
    found: Floats = np.where(there, table.values * weight, np.nan)[:, weight > 0]
    return found


def _parts(rubric: Rubric, scores: Scores) -> tuple[Part, ...]:
    """What each criterion gives to the sum, where it is a sum."""
    summed = next((one for one in scores.passed if one.step.phase is pipeline.Phase.REDUCE), None)
    if summed is None or not summed.step.adds_up or not len(scores.taken):
        return tuple(Part(one.id, None, None) for one in rubric.criteria)
    there = ~np.isnan(summed.after.raw)
    parts = summed.step.parts(summed.before)[there]
    if not len(parts):
        return tuple(Part(one.id, None, None) for one in rubric.criteria)
    centred = parts - parts.mean(axis=0)
    whole = centred.sum(axis=1)
    spread = float(whole @ whole)
    shares = centred.T @ whole / spread if spread > SAME else np.full(parts.shape[1], np.nan)
    return tuple(
        Part(one.id, float(mean), None if np.isnan(share) else float(share))
        for one, mean, share in zip(rubric.criteria, parts.mean(axis=0), shares, strict=True)
    )

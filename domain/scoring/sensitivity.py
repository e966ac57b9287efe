"""Which weight moves which score and rank: curves of scores over one weight, where they cross, and a tornado."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from domain import pipeline
from domain.rubric import MAX_WEIGHT, Rubric
from domain.scoring import crossings
from domain.scoring.flat import SAME
from domain.scoring.table import Floats, Table, scores_of

POINTS = 33
HALF, DOUBLE = 0.5, 2.0


@dataclasses.dataclass(frozen=True, slots=True)
class Swing:
    """What halving and doubling the weight of a criterion does.

    `low` and `high` are how far the score of the answer that moves most goes at half and at double the weight (`answer`
    is its row), `flips` the pairs of answers of one prompt that turn round at either end.
    """

    criterion: str
    weight: float
    low: float
    high: float
    answer: int | None
    flips: int

    @property
    def size(self) -> float:
        """The larger of the two moves."""
        return max(abs(self.low), abs(self.high))


@dataclasses.dataclass(frozen=True, slots=True)
class Curves:
    """Raw scores of each answer (rows) at each weight; NaN where there is no score.

    `complete` says that no crossing can be missing; else weights at a distance of `spacing` were tried.
    """

    criterion: str
    weights: Floats
    scores: Floats
    crossings: tuple[crossings.Crossing, ...]
    complete: bool = True
    spacing: float = 0.0


def tornado(rubric: Rubric, table: Table, prompts: Sequence[int]) -> list[Swing]:
    """The swing of every criterion that weighs, the largest first; nought weighs the same at half and double."""
    base = scores_of(rubric, table, groups=prompts).raw
    found = []
    for criterion in rubric.criteria:
        if criterion.weight == 0:
            continue
        ends = [
            scores_of(
                rubric, table, weights={criterion.id: min(MAX_WEIGHT, criterion.weight * factor)}, groups=prompts
            ).raw
            for factor in (HALF, DOUBLE)
        ]
        moves = np.array([end - base for end in ends])
        there = ~np.isnan(moves).any(axis=0)
        size = np.where(there, np.abs(np.nan_to_num(moves)).max(axis=0), -1.0)
        place = int(size.argmax()) if there.any() else None
        low, high = (0.0, 0.0) if place is None else (float(moves[0, place]), float(moves[1, place]))
        turned = set().union(*(_turned(base, end, prompts) for end in ends))
        found.append(Swing(criterion.id, criterion.weight, low, high, place, len(turned)))
    return sorted(found, key=lambda swing: -swing.size)


def curves(rubric: Rubric, table: Table, criterion: str, prompts: Sequence[int], *, most: float) -> Curves:
    """Scores at weights of one criterion from 0 to `most`, and the crossings of answers of one prompt between them:
    all of them where the form of the scores is known, else those that a search finds.
    """

    def score(weight: float, rows: Sequence[int]) -> tuple[Floats, Floats]:
        chosen = list(rows)
        if pipeline.needs_group(rubric.scoring):
            whole = scores_of(rubric, table, weights={criterion: float(weight)}, groups=prompts)
            return whole.raw[chosen], whole.summed[chosen]
        lengths = {unit: sizes[chosen] for unit, sizes in table.lengths.items()}
        part = Table(table.values[chosen], table.codes[chosen], table.degenerate[chosen], lengths)
        found = scores_of(rubric, part, weights={criterion: float(weight)})
        return found.raw, found.summed

    every = range(len(prompts))
    weights = np.linspace(0.0, most, POINTS)
    scores = np.column_stack([score(weight, every)[0] for weight in weights])
    if pipeline.keeps_ratio(rubric.scoring):
        return Curves(criterion, weights, scores, tuple(crossings.crossings(score, prompts, most)))
    found = tuple(crossings.searched(score, prompts, most))
    return Curves(criterion, weights, scores, found, complete=False, spacing=most / (crossings.SPACED - 1))


def _pairs(prompts: Sequence[int]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in itertools.combinations(range(len(prompts)), 2) if prompts[a] == prompts[b]]


def _turned(before: Floats, after: Floats, prompts: Sequence[int]) -> set[tuple[int, int]]:
    return {
        (a, b)
        for a, b in _pairs(prompts)
        if (before[a] - before[b]) * (after[a] - after[b]) < 0
        and min(abs(before[a] - before[b]), abs(after[a] - after[b])) > SAME
    }

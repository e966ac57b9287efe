"""Which weight moves which score and rank: curves of scores over one weight, where they cross, and a tornado."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from domain.rubric import MAX_WEIGHT, Rubric
from domain.scoring.flat import SAME
from domain.scoring.table import Floats, Table, scores_of

POINTS = 33
STEPS = 40
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
class Crossing:
    """The weight at which two answers change places."""

    weight: float
    score: float
    first: int
    second: int


@dataclasses.dataclass(frozen=True, slots=True)
class Curves:
    """Raw scores of each answer (rows) at each weight; NaN where there is no score."""

    criterion: str
    weights: Floats
    scores: Floats
    crossings: tuple[Crossing, ...]


def tornado(rubric: Rubric, table: Table, prompts: Sequence[int]) -> list[Swing]:
    """The swing of every criterion that weighs, the largest first; nought weighs the same at half and double."""
    base = scores_of(rubric, table).raw
    found = []
    for criterion in rubric.criteria:
        if criterion.weight == 0:
            continue
        ends = [
            scores_of(rubric, table, weights={criterion.id: min(MAX_WEIGHT, criterion.weight * factor)}).raw
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
    """Scores at weights of one criterion from 0 to `most`, and the crossings of answers of one prompt between them.

    A score is a ratio of two sums that are linear in the weight, so two ungated scores of equal divisors cross at one
    weight at most, which linear interpolation of their difference hits exactly; gates, trees and answers with
    verdicts missing can bend or break curves, so each interval where the sign turns is halved until it is narrow.
    A jump, where a gate or a missing verdict breaks a curve without meeting the other, is no crossing.
    """
    weights = np.linspace(0.0, most, POINTS)
    scores = np.column_stack([_at(rubric, table, criterion, weight) for weight in weights])
    crossings = []
    for first, second in _pairs(prompts):
        gap = scores[first] - scores[second]
        for place in range(POINTS - 1):
            if gap[place] * gap[place + 1] < 0:
                found = _crossing(rubric, table, criterion, (weights[place], weights[place + 1]), (first, second))
                if found is not None:
                    crossings.append(found)
            elif abs(gap[place]) <= SAME and 0 < place and gap[place - 1] * gap[place + 1] < 0:
                crossings.append(Crossing(float(weights[place]), float(scores[first, place]), first, second))
    return Curves(criterion, weights, scores, tuple(sorted(crossings, key=lambda one: one.weight)))


def _crossing(
    rubric: Rubric, table: Table, criterion: str, between: tuple[float, float], pair: tuple[int, int]
) -> Crossing | None:
    """Regula falsi with halving (Illinois would do as well): exact at once where the difference is linear."""
    two = Table(table.values[list(pair)], table.codes[list(pair)], table.degenerate[list(pair)])

    def gap(weight: float) -> tuple[float, float]:
        one, other = _at(rubric, two, criterion, weight)
        return float(one - other), float(one)

    low, high = between
    at_low, at_high = gap(low)[0], gap(high)[0]
    weight, score, left = low, 0.0, at_low
    for turn in range(STEPS):
        weight = (low + high) / 2 if turn % 2 else low - at_low * (high - low) / (at_high - at_low)
        left, score = gap(weight)
        if abs(left) <= SAME:
            return Crossing(weight, score, *pair)
        if left * at_low < 0:
            high, at_high = weight, left
        else:
            low, at_low = weight, left
    return Crossing(weight, score, *pair) if abs(left) < 1e-6 else None


def _at(rubric: Rubric, table: Table, criterion: str, weight: float) -> Floats:
    return scores_of(rubric, table, weights={criterion: float(weight)}).raw


def _pairs(prompts: Sequence[int]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in itertools.combinations(range(len(prompts)), 2) if prompts[a] == prompts[b]]


def _turned(before: Floats, after: Floats, prompts: Sequence[int]) -> set[tuple[int, int]]:
    return {
        (a, b)
        for a, b in _pairs(prompts)
        if (before[a] - before[b]) * (after[a] - after[b]) < 0
        and min(abs(before[a] - before[b]), abs(after[a] - after[b])) > SAME
    }

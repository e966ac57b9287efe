"""The weights at which two answers change places, none left out.

Over one weight the score of an answer before gates is a ratio (a + b·w) / (c + d·w) with a divisor above nought: sums
are linear in a weight, and a mean of such ratios, of which only one holds the weight, is such a ratio again, up to the
root of any tree. So it only rises or only falls. A gate cuts it off at a ceiling or sets it, whatever the weight.

The difference of two such scores can therefore turn only where one of them meets its ceiling, or at one weight between:
its slope is det₁/(c₁ + d₁·w)² - det₂/(c₂ + d₂·w)², and the root of the quotient is linear. Between these weights the
difference only rises or only falls: its signs at both ends say whether there is a crossing, and halving finds it. At
weight nought a criterion stops counting, and scores may jump; a jump is no crossing, so the search begins just above.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.scoring.flat import SAME

LEAST = 1e-9  # of the largest weight: where the search begins
STEPS = 120
Scored = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


@dataclasses.dataclass(frozen=True, slots=True)
class Crossing:
    """The weight at which two answers change places, and the score that both have there."""

    weight: float
    score: float
    first: int
    second: int


class Ratio(NamedTuple):
    """(a + b·u) / (1 + e·u), where u goes from -1 at weight nought to 1 at the largest."""

    a: float
    b: float
    e: float

    @property
    def rise(self) -> float:
        """The slope times the squared divisor: its sign is the way, nought is a level line."""
        return self.b - self.a * self.e

    def reaches(self, value: float) -> list[float]:
        """Where it has a value."""
        slope = value * self.e - self.b
        return [(self.a - value) / slope] if slope else []

    def turns(self, other: Ratio) -> list[float]:
        """Where its difference to another turns round."""
        if self.rise * other.rise <= 0:
            return []
        root = math.sqrt(self.rise / other.rise)
        slope = root * other.e - self.e
        return [(1.0 - root) / slope] if slope else []


def crossings(score: Callable[[float, Sequence[int]], Scored], prompts: Sequence[int], most: float) -> list[Crossing]:
    """Where answers of one prompt change places between weight nought and `most`, by weight.

    `score(weight, rows)` gives for each row the score and the score before gates, NaN where there is none.
    """
    rows = range(len(prompts))
    middle = most / 2
    marks = [most * LEAST, middle / 2, middle, most]
    samples = [score(weight, rows) for weight in marks]
    ratios = [_ratio(*(float(summed[row]) for _, summed in samples[1:])) for row in rows]
    ends = [(float(samples[0][0][row]), float(samples[-1][0][row])) for row in rows]
    found = []
    for pair in itertools.combinations(rows, 2):
        one, other = pair
        if prompts[one] != prompts[other] or np.isnan([*ends[one], *ends[other]]).any():
            continue
        bends = [u for row in pair if (line := ratios[row]) for end in ends[row] for u in line.reaches(end)]
        first, second = ratios[one], ratios[other]
        if first and second:
            bends += first.turns(second)
        inner = sorted(middle * (1 + u) for u in bends if -1 < u < 1)
        found += _along(score, [marks[0], *(at for at in inner if at > marks[0]), most], pair)
    return sorted(found, key=lambda one: one.weight)


def _ratio(quarter: float, half: float, whole: float) -> Ratio | None:
    """The ratio through its values at a quarter, a half and the whole of the largest weight; None without a score."""
    if math.isnan(half):
        return None
    if quarter == whole:
        return Ratio(half, 0.0, 0.0)
    bend = min(1.0, max(-1.0, (3 * half - whole - 2 * quarter) / (whole - quarter)))
    return Ratio(half, whole * (1 + bend) - half, bend)


def _along(
    score: Callable[[float, Sequence[int]], Scored], marks: Sequence[float], pair: tuple[int, int]
) -> list[Crossing]:
    """The crossings of two answers between marks, between which their difference only rises or only falls."""

    def gap(weight: float) -> tuple[float, float]:
        one, other = score(weight, pair)[0]
        return float(one - other), float(one)

    found: list[Crossing] = []
    before: tuple[float, float] | None = None  # the last mark at which they differ, with the difference
    level: Crossing | None = None  # where they became equal since
    for weight in marks:
        apart, at = gap(weight)
        if abs(apart) <= SAME:
            level = level or Crossing(weight, at, *pair)
            continue
        if before is not None and apart * before[1] < 0:
            found.append(level or _between(gap, before, (weight, apart), pair))
        before, level = (weight, apart), None
    return found


def _between(
    gap: Callable[[float], tuple[float, float]],
    low: tuple[float, float],
    high: tuple[float, float],
    pair: tuple[int, int],
) -> Crossing:
    """Regula falsi and halving by turns: at once where the difference is linear, to the last digit where it bends."""
    weight, at = low[0], 0.0
    for turn in range(STEPS):
        if turn % 2:
            weight = (low[0] + high[0]) / 2
        else:
            weight = low[0] - low[1] * (high[0] - low[0]) / (high[1] - low[1])
        apart, at = gap(weight)
        if abs(apart) <= SAME or not low[0] < weight < high[0]:
            break
        if apart * low[1] < 0:
            high = weight, apart
        else:
            low = weight, apart
    return Crossing(weight, at, *pair)

"""The weights at which two answers change places: none left out where the form is known, else searched for.

Over one weight the score of an answer before gates is a ratio (a + b·w) / (c + d·w) with a divisor above nought, where
the pipeline is a sum or a tree with at most gates, guidelines and bent values: sums are linear in a weight, and a mean
of such ratios, of which only one holds the weight, is such a ratio again, up to the root of any tree. So it only rises
or only falls. A gate cuts it off at a ceiling or sets it, whatever the weight.

The difference of two such scores can therefore turn only where one of them meets its ceiling, or at one weight between:
its slope is det₁/(c₁ + d₁·w)² - det₂/(c₂ + d₂·w)², and the root of the quotient is linear. Between these weights the
difference only rises or only falls: its signs at both ends say whether there is a crossing, and halving finds it. At
weight nought a criterion stops counting, and scores may jump; a jump is no crossing, so the search begins just above.

Any other pipeline is searched: every pair at evenly spaced weights, halving wherever the sign of the difference turns,
and a closer look wherever it comes near nought between two of them. Two changes of places closer to each other than
the spacing can then be missed. A score may jump there, so that two change places without ever being equal.
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
SPACED = 129  # weights that are tried where the form of the scores is not known
CLOSER = 48
JUMP = 1e-7  # a difference that stays, however close the weights, is a jump
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
Scored = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


@dataclasses.dataclass(frozen=True, slots=True)
class Crossing:
    """The weight at which two answers change places, and the score that both have there.

    Where one of them jumps past the other, `jumps`, they are never equal, and the score is that of the first.
    """

    weight: float
    score: float
    first: int
    second: int
    jumps: bool = False


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


def searched(score: Callable[[float, Sequence[int]], Scored], prompts: Sequence[int], most: float) -> list[Crossing]:
    """Changes of places between weight nought and `most`, for scores of any form; `score` as for `crossings`."""
    rows = range(len(prompts))
    marks = [most * LEAST, *np.linspace(0.0, most, SPACED)[1:].tolist()]
    raw = np.array([score(mark, rows)[0] for mark in marks])
    found = []
    for pair in itertools.combinations(rows, 2):
        one, other = pair
        if prompts[one] == prompts[other]:
            found += _between_marks(score, marks, raw[:, one] - raw[:, other], pair)
    return sorted(found, key=lambda one: one.weight)


def _between_marks(
    score: Callable[[float, Sequence[int]], Scored],
    marks: Sequence[float],
    gaps: npt.NDArray[np.float64],
    pair: tuple[int, int],
) -> list[Crossing]:
    """The changes of places of one pair, given its differences at the marks; none across weights without a score."""
    found: list[Crossing] = []
    for run in _runs(gaps):
        inner = list(marks[run])
        for at in range(run.start + 1, run.stop - 1):
            before, here, after = gaps[at - 1 : at + 2].tolist()
            steep = max(abs(before - here), abs(after - here))
            if before * here > 0 and here * after > 0 and abs(here) <= min(abs(before), abs(after), steep):
                inner.append(_nearest(score, marks[at - 1], marks[at + 1], pair))
        found += _along(score, sorted(set(inner)), pair)
    return found


def _runs(gaps: npt.NDArray[np.float64]) -> list[slice]:
    """Where both have a score, in one piece."""
    there = np.concatenate([[False], ~np.isnan(gaps), [False]])
    edges = np.flatnonzero(there[1:] != there[:-1]).tolist()
    return [slice(start, stop) for start, stop in zip(edges[0::2], edges[1::2], strict=True) if stop - start > 1]


def _nearest(score: Callable[[float, Sequence[int]], Scored], low: float, high: float, pair: tuple[int, int]) -> float:
    """Where the difference comes nearest to nought between two weights, by golden section, or past it."""
    start = _gap(score, low, pair)[0]

    def left(weight: float) -> float:
        return _gap(score, weight, pair)[0] * math.copysign(1.0, start)

    inner = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
    values = [left(inner[0]), left(inner[1])]
    for _ in range(CLOSER):
        if min(values) < 0:
            break
        if values[0] < values[1]:
            high, inner = inner[1], [inner[1] - GOLDEN * (inner[1] - low), inner[0]]
            values = [left(inner[0]), values[0]]
        else:
            low, inner = inner[0], [inner[1], inner[0] + GOLDEN * (high - inner[0])]
            values = [values[1], left(inner[1])]
    return inner[0] if values[0] <= values[1] else inner[1]


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
    found: list[Crossing] = []
    before: tuple[float, float] | None = None  # the last mark at which they differ, with the difference
    level: Crossing | None = None  # where they became equal since
    for weight in marks:
        apart, at = _gap(score, weight, pair)
        if abs(apart) <= SAME:
            level = level or Crossing(weight, at, *pair)
            continue
        if before is not None and apart * before[1] < 0:
            found.append(level or _between(score, before, (weight, apart), pair))
        before, level = (weight, apart), None
    return found


def _gap(score: Callable[[float, Sequence[int]], Scored], weight: float, pair: tuple[int, int]) -> tuple[float, float]:
    """The difference of two answers and the score of the first."""
    one, other = score(weight, pair)[0]
    return float(one - other), float(one)


def _between(
    score: Callable[[float, Sequence[int]], Scored],
    low: tuple[float, float],
    high: tuple[float, float],
    pair: tuple[int, int],
) -> Crossing:
    """Regula falsi and halving by turns: at once where the difference is linear, to the last digit where it bends."""
    weight, at, apart = low[0], 0.0, low[1]
    for turn in range(STEPS):
        if turn % 2:
            weight = (low[0] + high[0]) / 2
        else:
            weight = low[0] - low[1] * (high[0] - low[0]) / (high[1] - low[1])
        apart, at = _gap(score, weight, pair)
        if abs(apart) <= SAME or not low[0] < weight < high[0]:
            break
        if apart * low[1] < 0:
            high = weight, apart
        else:
            low = weight, apart
    return Crossing(weight, at, *pair, jumps=abs(apart) > JUMP)

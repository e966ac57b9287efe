"""Pass rates of prompts and criteria, and the band in which they teach something."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from domain import errors

BINS = 20
_SLACK = 1e-9
"""Rates are shares of small counts: 3 of 10 is in a band that begins at 0.3."""


class Band(NamedTuple):
    """From `low` to `high`, both ends inside."""

    low: float
    high: float

    def holds(self, rate: float | None) -> bool:
        """Whether a rate is in the band; what has no rate never is.

        A prompt that every answer passes, or none, tells policy gradients nothing (InfiMed-ORBIT, arXiv:2510.15859,
        section on two-stage filtering: intermediate difficulty is kept; its thresholds are not published, so they are
        chosen here).
        """
        return rate is not None and self.low - _SLACK <= rate <= self.high + _SLACK


class CriterionRate(NamedTuple):
    """How often a criterion was credited, over the answers on which it has a value; None where it has none."""

    rate: float | None
    scored: int
    unscored: int


def pass_rate(scores: Sequence[float | None], threshold: float) -> float | None:
    """The share of scored answers that reach the threshold; an answer without a score is left out, never a fail.

    None where no answer has a score. Raises Invalid for scores that are not finite.
    """
    known = [score for score in scores if score is not None]
    if not all(math.isfinite(score) for score in known):
        raise errors.Invalid("A score must be a finite number, or missing.", code="score_invalid")
    return sum(score >= threshold - _SLACK for score in known) / len(known) if known else None


def histogram(values: Sequence[float], bins: int = BINS) -> list[tuple[float, float, int]]:
    """Equal bins over what there is, over [0, 1] where all lies in it: where each begins and ends, and its count."""
    if bins < 1:
        raise errors.Invalid("A histogram needs at least one bin.", code="bins_invalid")
    if not values:
        return []
    low, high = min(0.0, *values), max(1.0, *values)
    width = (high - low) / bins
    counts = [0] * bins
    for value in values:
        counts[min(int((value - low) / width + _SLACK), bins - 1)] += 1
    return [(low + n * width, low + (n + 1) * width, count) for n, count in enumerate(counts)]

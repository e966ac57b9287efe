"""The percentile bootstrap of any statistic of rows of ratings."""

from __future__ import annotations

from typing import NamedTuple

from domain.agreement.coefficients import Ratings
from domain.ports import Statistic


class Interval(NamedTuple):
    """A value with the ends of its interval, and how many items it was computed from."""

    value: float | None
    low: float | None
    high: float | None
    n_items: int


def interval(
    statistic: Statistic,
    ratings: Ratings,
    *,
    seed: int,
    resamples: int = 1_000,
    confidence: float = 0.95,
) -> Interval:
    """A statistic with its percentile bootstrap interval over items.

    Resamples for which the statistic is not defined are left out; with fewer than half of them
    left there is no interval.
    """
    import numpy as np

    value = statistic(ratings)
    if value is None or len(ratings) < 2:
        return Interval(value, None, None, len(ratings))
    chance = np.random.default_rng(seed)
    drawn = [statistic([ratings[n] for n in chance.integers(0, len(ratings), len(ratings))]) for _ in range(resamples)]
    defined = [number for number in drawn if number is not None]
    if len(defined) * 2 < resamples:
        return Interval(value, None, None, len(ratings))
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(value, float(low), float(high), len(ratings))

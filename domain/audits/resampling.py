"""Bootstrap over prompts of anything that is made of sums: all resamples at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RESAMPLES = 1_000
_AT_ONCE = 2_000_000


def totals(sums: Floats, rng: np.random.Generator, *, resamples: int = RESAMPLES) -> Floats:
    """The column sums of rows (one a prompt) drawn with replacement, one row a resample."""
    count = len(sums)
    step = max(1, _AT_ONCE // max(count, 1))
    found = np.empty((resamples, sums.shape[1]))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = rng.integers(0, count, size=(size, count))
        drawn += np.arange(size)[:, None] * count
        weights = np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count)
        found[start : start + size] = weights.astype(np.float64) @ sums
    return found


def interval(
    sums: Floats, statistic: Callable[[Floats], Floats], rng: np.random.Generator
) -> tuple[float | None, float | None]:
    """The 95 % percentile interval of a statistic of column sums; none with fewer than two prompts, or where it is not
    defined in half of the resamples."""
    if len(sums) < 2:
        return None, None
    with np.errstate(all="ignore"):
        drawn = statistic(totals(sums, rng))
    known = drawn[np.isfinite(drawn)]
    if 2 * len(known) < len(drawn):
        return None, None
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def ratio(totals_: Floats) -> Floats:
    """The first sum over the second."""
    found: Floats = totals_[:, 0] / totals_[:, 1]
    return found


def mean_interval(values: Floats, rng: np.random.Generator) -> tuple[float | None, float | None]:
    """The interval of the mean of values, one a prompt."""
    return interval(np.column_stack([values, np.ones_like(values)]), ratio, rng)

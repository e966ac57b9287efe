"""Percent, Fleiss, Gwet and Krippendorff for many resamples at once, from how often each item got each value.

All of them are ratios of sums over items, so a resample is a vector of weights of items, and items that got the same
values are one pattern. The forms: percent over pairs; Fleiss and Gwet after K. L. Gwet, Handbook of Inter-Rater
Reliability, 4th ed. (2014), chapters 2 and 3, with his treatment of missing ratings (an item with one rating counts
towards chance agreement only); Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), where it does not.
Each function takes patterns and weights, a row for each resample, and returns a number for each, NaN where not defined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.agreement.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

EXACT = 2**52


class Patterns(NamedTuple):
    """Ways in which items were rated: how often each value (sparse, a row each), how many ratings, how many items."""

    counts: Any
    sizes: Numbers
    items: Numbers
    levels: Numbers

    def equal_pairs(self) -> Numbers:
        """Ordered pairs of equal ratings in each pattern."""
        import numpy as np

        return np.asarray(self.counts.multiply(self.counts).sum(axis=1)).ravel() - self.sizes

    def all_pairs(self) -> Numbers:
        """Ordered pairs of ratings in each pattern."""
        return self.sizes * (self.sizes - 1)


def patterns(table: Table) -> Patterns:
    """The patterns of a table; items that got the same values are one where that is quickly seen."""
    import numpy as np
    import scipy.sparse

    levels, codes = np.unique(table.values, return_inverse=True)
    shape = (table.n_items, len(levels))
    counts = scipy.sparse.csr_matrix((np.ones(len(codes)), (table.items, codes)), shape=shape)
    sizes = np.bincount(table.items, minlength=table.n_items).astype(float)
    base = int(sizes.max()) + 1 if len(sizes) else 1
    alike = np.ones(table.n_items)
    if len(levels) and base ** len(levels) < EXACT:
        keys = counts @ (float(base) ** np.arange(len(levels)))
        _, first, number = np.unique(keys, return_index=True, return_counts=True)
        counts, sizes, alike = counts[first], sizes[first], number.astype(float)
    return Patterns(counts, sizes, alike, levels)


def percent(found: Patterns, weights: Numbers) -> Numbers:
    """The share of equal ratings among all pairs of ratings on one item."""
    return _ratio(weights @ found.equal_pairs(), weights @ found.all_pairs())


def fleiss_kappa(found: Patterns, weights: Numbers) -> Numbers:
    """Fleiss' kappa; with as many ratings on each item it is that of Fleiss (1971)."""
    shares = _shares(found, weights)
    return _corrected(_observed(found, weights), (shares**2).sum(axis=1))


def gwet_ac1(found: Patterns, weights: Numbers) -> Numbers:
    """Gwet's AC1 over the values that occur (Gwet 2008; Handbook 2014, section 3.3)."""
    import numpy as np

    if len(found.levels) < 2:
        return np.full(len(weights), np.nan)
    shares = _shares(found, weights)
    chance = (shares * (1 - shares)).sum(axis=1) / (len(found.levels) - 1)
    return _corrected(_observed(found, weights), chance)


def alpha_nominal(found: Patterns, weights: Numbers) -> Numbers:
    """Krippendorff's alpha where values are names."""
    import numpy as np

    weights, sizes, counts = _rated_twice(found, weights)
    apart = (found.all_pairs() - found.equal_pairs()) / np.maximum(found.sizes - 1, 1)
    totals = (counts.T @ weights.T).T
    n = weights @ sizes
    return _alpha(weights @ apart, n**2 - (totals**2).sum(axis=1), n)


def alpha_ordinal(found: Patterns, weights: Numbers) -> Numbers:
    """Krippendorff's alpha where values have an order: squared distance between their middle ranks."""
    import numpy as np

    weights, sizes, counts = _rated_twice(found, weights)
    totals = (counts.T @ weights.T).T
    ranks = np.cumsum(totals, axis=1) - totals / 2
    n = weights @ sizes
    sums, squares = (counts @ ranks.T).T, (counts @ (ranks**2).T).T
    apart = (2 * sizes * squares - 2 * sums**2) / np.maximum(sizes - 1, 1)
    expected = 2 * n * (totals * ranks**2).sum(axis=1) - 2 * (totals * ranks).sum(axis=1) ** 2
    return _alpha((weights * apart).sum(axis=1), expected, n)


def alpha_interval(found: Patterns, weights: Numbers) -> Numbers:
    """Krippendorff's alpha where differences of values have a meaning."""
    import numpy as np

    weights, sizes, counts = _rated_twice(found, weights)
    levels = found.levels - found.levels.mean()
    sums, squares = counts @ levels, counts @ levels**2
    apart = (2 * sizes * squares - 2 * sums**2) / np.maximum(sizes - 1, 1)
    n = weights @ sizes
    return _alpha(weights @ apart, 2 * n * (weights @ squares) - 2 * (weights @ sums) ** 2, n)


FORMS: dict[str, Callable[[Patterns, Numbers], Numbers]] = {
    "percent": percent,
    "fleiss": fleiss_kappa,
    "ac1": gwet_ac1,
    "alpha_nominal": alpha_nominal,
    "alpha_ordinal": alpha_ordinal,
    "alpha_interval": alpha_interval,
}


def _observed(found: Patterns, weights: Numbers) -> Numbers:
    import numpy as np

    share = found.equal_pairs() / np.maximum(found.all_pairs(), 1)
    return _ratio(weights @ share, weights @ (found.sizes > 1))


def _shares(found: Patterns, weights: Numbers) -> Numbers:
    """The mean share of each value over items, each item counting once."""
    import numpy as np

    given = (found.counts.T @ (weights / np.maximum(found.sizes, 1)).T).T
    return np.asarray(given / np.maximum(given.sum(axis=1, keepdims=True), 1e-300))


def _corrected(observed: Numbers, chance: Numbers) -> Numbers:
    import numpy as np

    return np.where(chance < 1 - 1e-12, _ratio(observed - chance, 1 - chance), np.nan)


def _rated_twice(found: Patterns, weights: Numbers) -> tuple[Numbers, Numbers, Any]:
    return weights * (found.sizes > 1), found.sizes, found.counts


def _alpha(apart: Numbers, expected: Numbers, n: Numbers) -> Numbers:
    """One less the observed disagreement over the expected, of n ratings on items that have two or more."""
    import numpy as np

    least = 1e-9 * np.maximum(n, 1)
    return np.where(expected > least, 1 - _ratio((n - 1) * apart, expected), np.nan)


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below != 0, above / below, np.nan))

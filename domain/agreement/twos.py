"""Coefficients of two raters for many resamples: from how often they gave which two values.

With more than two raters a coefficient is the mean over all pairs of raters (Light 1971), each pair weighing by its
common items (ours; the same as Light's where everybody rated everything). A pair for which it is not defined, as one of
them gave one value throughout, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from domain import errors
from domain.agreement.tables import Pairs

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Numbers = npt.NDArray[np.float64]

MOST_CELLS = 2_000_000
MOST_VALUES = 100
MOST_DRAWN = 20_000


def kappa(tables: Numbers) -> Numbers:
    """Cohen's kappa of each table of counts (tables × values × values)."""
    return _kappa(tables, None)


def kappa_linear(tables: Numbers) -> Numbers:
    """Cohen's kappa that weighs a disagreement by the number of values between."""
    return _kappa(tables, 1)


def kappa_quadratic(tables: Numbers) -> Numbers:
    """Cohen's kappa that weighs a disagreement by the square of the number of values between."""
    return _kappa(tables, 2)


def equal(tables: Numbers) -> Numbers:
    """The share of equal values."""
    import numpy as np

    return _ratio(np.trace(tables, axis1=1, axis2=2), tables.sum(axis=(1, 2)))


def spearman(tables: Numbers) -> Numbers:
    """Spearman's rank correlation; equal values share their mean rank."""
    import numpy as np

    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    return _correlated(tables, np.cumsum(rows, 1) - rows / 2, np.cumsum(columns, 1) - columns / 2)


def kendall(tables: Numbers) -> Numbers:
    """Kendall's tau-b: ties of either rater are taken out of the pairs of its side."""
    import numpy as np

    n = tables.sum(axis=(1, 2))
    below = np.zeros_like(tables)
    below[:, 1:, 1:] = np.cumsum(np.cumsum(tables, 1), 2)[:, :-1, :-1]
    across = np.zeros_like(tables)
    across[:, 1:, :-1] = np.cumsum(np.cumsum(tables, 1)[:, :, ::-1], 2)[:, :-1, ::-1][:, :, 1:]
    turned = (tables * (below - across)).sum(axis=(1, 2))
    of_first = (n**2 - (tables.sum(axis=2) ** 2).sum(axis=1)) / 2
    of_second = (n**2 - (tables.sum(axis=1) ** 2).sum(axis=1)) / 2
    return _ratio(turned, np.sqrt(of_first * of_second))


FORMS: dict[str, Callable[[Numbers], Numbers]] = {
    "kappa": kappa,
    "kappa_linear": kappa_linear,
    "kappa_quadratic": kappa_quadratic,
    "equal": equal,
    "spearman": spearman,
    "kendall": kendall,
}


def pearson(tables: Numbers, levels: Numbers) -> Numbers:
    """Pearson's correlation of the values themselves."""
    import numpy as np

    values = np.broadcast_to(levels, (len(tables), len(levels)))
    return _correlated(tables, values, values)


def each(pairs: Pairs, metric: str) -> tuple[Numbers, Numbers]:
    """The coefficient of each two raters, NaN where it is not defined, and their common items."""
    import numpy as np

    sizes = np.bincount(pairs.who, minlength=len(pairs.raters)).astype(float)
    return _of_weights(pairs, [metric], np.ones(int(pairs.items.max()) + 1 if len(pairs.items) else 0))[0], sizes


def ends(pairs: Pairs, metric: str, *, seed: int, resamples: int) -> Numbers:
    """The ends of the percentile bootstrap interval of each two raters, over their common items (95 %).

    NaN where fewer than half of the resamples define it, and for all where there are too many pairs or values.
    """
    import numpy as np

    values, count = len(pairs.levels), len(pairs.raters)
    if not count or count * values**2 > MOST_DRAWN:
        return np.full((count, 2), np.nan)
    tables = _tables(pairs, np.ones(int(pairs.items.max()) + 1)).reshape(count, -1)
    sizes = tables.sum(axis=1)
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(sizes.astype(np.int64), tables / sizes[:, None], size=(resamples, count)).astype(float)
    found = _form(metric, drawn.reshape(resamples * count, values, values), pairs.levels).reshape(resamples, count)
    made = np.full((count, 2), np.nan)
    for n, column in enumerate(found.T):
        defined = column[np.isfinite(column)]
        if len(defined) * 2 >= resamples and sizes[n] > 1:
            made[n] = np.quantile(defined, [0.025, 0.975])
    return made


def pooled(pairs: Pairs, metrics: Sequence[str], weights: Iterator[Numbers]) -> Iterator[list[float]]:
    """The mean over pairs of raters of each coefficient for each vector of weights of items; NaN where not defined."""
    import numpy as np

    for one in weights:
        sizes: Numbers = np.bincount(pairs.who, weights=one[pairs.items], minlength=len(pairs.raters)).astype(float)
        yield [_averaged(found, sizes) for found in _of_weights(pairs, metrics, one)]


def _averaged(found: Numbers, sizes: Numbers) -> float:
    import numpy as np

    known = np.isfinite(found) & (sizes > 0)
    return float(np.average(found[known], weights=sizes[known])) if known.any() else float("nan")


def _of_weights(pairs: Pairs, metrics: Sequence[str], weights: Numbers) -> list[Numbers]:
    """The coefficients under weights of items; raters are taken in turns where the tables would be large."""
    import numpy as np

    values, count = len(pairs.levels), len(pairs.raters)
    if not count:
        return [np.array([]) for _ in metrics]
    if values > MOST_VALUES or count * values**2 > MOST_CELLS:
        return [np.array([_one_large(pairs, metric, weights, n) for n in range(count)]) for metric in metrics]
    tables = _tables(pairs, weights)
    return [_form(metric, tables, pairs.levels) for metric in metrics]


def _tables(pairs: Pairs, weights: Numbers) -> Numbers:
    """How often each two raters gave which two values."""
    import numpy as np

    values, count = len(pairs.levels), len(pairs.raters)
    cells = (pairs.who * values + pairs.first) * values + pairs.second
    counted: Numbers = np.bincount(cells, weights=weights[pairs.items], minlength=count * values**2).astype(float)
    return counted.reshape(count, values, values)


def _one_large(pairs: Pairs, metric: str, weights: Numbers, who: int) -> float:
    """One pair of raters with many values: correlations need no table, a kappa tables only what they gave."""
    import numpy as np

    mine = pairs.who == who
    seen, codes = np.unique(np.concatenate([pairs.first[mine], pairs.second[mine]]), return_inverse=True)
    first, second = codes[: mine.sum()], codes[mine.sum() :]
    weighed = weights[pairs.items[mine]]
    if metric in ("spearman", "pearson"):
        return _along(metric, first, second, weighed, pairs.levels[seen])
    if metric == "kendall":
        return _by_order(first, second, weighed)
    if len(seen) ** 2 > MOST_CELLS:
        raise errors.Invalid(
            "There are too many different values for a kappa; take a correlation.", code="too_many_values"
        )
    cells: Numbers = np.bincount(first * len(seen) + second, weights=weighed, minlength=len(seen) ** 2).astype(float)
    return float(_form(metric, cells.reshape(1, len(seen), len(seen)), pairs.levels[seen])[0])


def _along(metric: str, first: Codes, second: Codes, weights: Numbers, levels: Numbers) -> float:
    import numpy as np

    def placed(codes: Codes) -> Numbers:
        if metric == "pearson":
            return levels[codes]
        counts = np.bincount(codes, weights=weights, minlength=len(levels))
        return np.asarray((np.cumsum(counts) - counts / 2)[codes])

    x, y = placed(first), placed(second)
    x, y = x - np.average(x, weights=weights), y - np.average(y, weights=weights)
    spread = float(np.sqrt((weights * x**2).sum() * (weights * y**2).sum()))
    return float((weights * x * y).sum()) / spread if spread > 1e-12 else float("nan")


def _by_order(first: Codes, second: Codes, weights: Numbers) -> float:
    import numpy as np
    import scipy.stats

    times = weights.astype(int)
    return float(scipy.stats.kendalltau(np.repeat(first, times), np.repeat(second, times)).statistic)


def _form(metric: str, tables: Numbers, levels: Numbers) -> Numbers:
    return pearson(tables, levels) if metric == "pearson" else FORMS[metric](tables)


def _kappa(tables: Numbers, power: int | None) -> Numbers:
    import numpy as np

    places = np.arange(tables.shape[1], dtype=float)
    apart = np.abs(places[:, None] - places[None, :])
    cost = (apart > 0).astype(float) if power is None else apart**power
    n = tables.sum(axis=(1, 2))
    by_chance = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :]
    expected = (by_chance * cost).sum(axis=(1, 2))
    seen = (tables * cost).sum(axis=(1, 2)) * n
    return np.asarray(1 - _ratio(seen, expected))


def _correlated(tables: Numbers, first: Numbers, second: Numbers) -> Numbers:
    import numpy as np

    n = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = first - ((rows * first).sum(axis=1) / n)[:, None]
        y = second - ((columns * second).sum(axis=1) / n)[:, None]
    together = np.einsum("kij,ki,kj->k", tables, x, y)
    spread = np.sqrt((rows * x**2).sum(axis=1) * (columns * y**2).sum(axis=1))
    return np.where(spread > 1e-12, _ratio(together, spread), np.nan)


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below != 0, above / below, np.nan))

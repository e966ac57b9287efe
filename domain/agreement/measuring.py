"""One coefficient with its interval, the numbers it rests on and the policies it follows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from domain.agreement import chance, tables, twos
from domain.agreement.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

Level = Literal["nominal", "ordinal", "interval"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
RESAMPLES, FEWEST_RESAMPLES = 200, 100
FEW_ITEMS, MORE_RESAMPLES = 2_000, 1_000
WORK = 30_000_000


class Metric(StrEnum):
    """A coefficient of agreement."""

    PERCENT = "percent"
    KAPPA = "kappa"
    KAPPA_LINEAR = "kappa_linear"
    KAPPA_QUADRATIC = "kappa_quadratic"
    FLEISS = "fleiss"
    AC1 = "ac1"
    ALPHA = "alpha"
    SPEARMAN = "spearman"
    KENDALL = "kendall"
    PEARSON = "pearson"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return LABELS[self]

    @property
    def of_two(self) -> bool:
        """Whether it is a coefficient of two raters."""
        return self in OF_TWO


OF_TWO = frozenset(
    {
        Metric.KAPPA, Metric.KAPPA_LINEAR, Metric.KAPPA_QUADRATIC, Metric.SPEARMAN, Metric.KENDALL, Metric.PEARSON
    }
)  # fmt: skip
LABELS = {
    Metric.PERCENT: "Percent agreement",
    Metric.KAPPA: "Cohen's kappa",
    Metric.KAPPA_LINEAR: "Cohen's kappa, linear weights",
    Metric.KAPPA_QUADRATIC: "Cohen's kappa, quadratic weights",
    Metric.FLEISS: "Fleiss' kappa",
    Metric.AC1: "Gwet's AC1",
    Metric.ALPHA: "Krippendorff's alpha",
    Metric.SPEARMAN: "Spearman's rho",
    Metric.KENDALL: "Kendall's tau-b",
    Metric.PEARSON: "Pearson's r",
}


class Policy(NamedTuple):
    """What is done about what people did not say, in words for the screen."""

    missing: str
    abstain: str
    ties: str
    interval: str


class Measured(NamedTuple):
    """A coefficient: its value and interval (None where not defined), and what it rests on.

    `n_items` counts items with two ratings or more, `single` those with one; `resamples` the resamples for which the
    coefficient is defined.
    """

    metric: Metric
    level: Level
    value: float | None
    low: float | None
    high: float | None
    n_items: int
    n_raters: int
    single: int
    resamples: int
    policy: Policy


class Between(NamedTuple):
    """How far two raters agree."""

    first: int
    second: int
    value: float | None
    low: float | None
    high: float | None
    n_items: int


def level_of(table: Table) -> Level:
    """Nominal where only two values occur, ordinal otherwise."""
    import numpy as np

    return "nominal" if len(np.unique(table.values)) <= 2 else "ordinal"


def measure(
    table: Table, metric: Metric, *, level: Level = "nominal", seed: int = 0, resamples: int | None = None
) -> Measured:
    """A coefficient with its 95 % percentile bootstrap interval over items.

    `level` matters to alpha only. Resamples for which the coefficient is not defined are left out; with fewer than half
    of them left there is no interval. `resamples` (0: none) is 1,000 for small tables and falls to 100 for large ones
    unless given.
    """
    return measure_each(table, [(metric, level)], seed=seed, resamples=resamples)[0]


def measure_each(
    table: Table, wanted: Sequence[tuple[Metric, Level]], *, seed: int = 0, resamples: int | None = None
) -> list[Measured]:
    """Several coefficients, as `measure` gives each, from the same resamples."""
    import numpy as np

    sizes = np.bincount(table.items, minlength=table.n_items)
    times = _times(table) if resamples is None else resamples
    two = [metric for metric, _ in wanted if metric.of_two]
    rest = [(metric, level) for metric, level in wanted if not metric.of_two]
    of_two, of_all = _of_two(table, two, seed, times), _of_all(table, rest, seed, times)
    found = []
    for metric, level in wanted:
        value, drawn = next(of_two if metric.of_two else of_all)
        defined = drawn[np.isfinite(drawn)]
        low = high = None
        if value is not None and len(defined) * 2 >= max(len(drawn), 1) and (sizes > 1).sum() > 1:
            low, high = (float(end) for end in np.quantile(defined, [0.025, 0.975]))
        found.append(
            Measured(
                metric, level, value, low, high, int((sizes > 1).sum()), table.n_raters, int((sizes == 1).sum()),
                len(defined), policy(metric, level),
            )
        )  # fmt: skip
    return found


def matrix(table: Table, metric: Metric, *, seed: int = 0, resamples: int = RESAMPLES) -> list[Between]:
    """How far each two raters agree on their common items, by a coefficient of two raters or percent.

    The interval is None where fewer than half of the resamples define it, and where pairs or values are very many.
    """
    found = tables.pairs(table)
    values, sizes = twos.each(found, _form(metric))
    ends = twos.ends(found, _form(metric), seed=seed, resamples=resamples)
    return [
        Between(first, second, _finite(value), _finite(low), _finite(high), int(size))
        for (first, second), value, (low, high), size in zip(found.raters, values, ends, sizes, strict=True)
    ]


def policy(metric: Metric, level: Level = "nominal") -> Policy:
    """The policies of a coefficient, in words."""
    missing = {
        Metric.FLEISS: "An item with one rating counts towards agreement by chance only (Gwet 2014).",
        Metric.AC1: "An item with one rating counts towards agreement by chance only (Gwet 2014).",
    }.get(metric, "Items with fewer than two ratings are left out.")
    if metric.of_two:
        missing = (
            "Items that one of the two did not rate are left out. With more than two raters: the mean over all pairs "
            "of raters, each weighing by its common items; a pair for which it is not defined is left out."
        )
    return Policy(
        missing=missing,
        abstain="“Cannot be decided” and “does not apply” are no ratings; they are left out and counted.",
        ties=_ties(metric, level),
        interval="95 %, percentile bootstrap over items; none where fewer than half of the resamples define it.",
    )


def _ties(metric: Metric, level: Level) -> str:
    if metric in (Metric.SPEARMAN, Metric.KENDALL):
        return "Equal values share their mean rank." if metric is Metric.SPEARMAN else "Tau-b: corrected for ties."
    if metric is Metric.PEARSON:
        return "Values are taken as numbers; equal values are no matter."
    if metric in (Metric.KAPPA_LINEAR, Metric.KAPPA_QUADRATIC):
        return "Values are places on the scale of those that occur; a tie between answers is a value like any other."
    if metric is Metric.ALPHA and level != "nominal":
        return f"Values are compared by {'rank' if level == 'ordinal' else 'difference'}; equal is full agreement."
    return "Values are equal or not; a tie between answers is a value like any other."


def _times(table: Table) -> int:
    if table.n_items <= FEW_ITEMS:
        return MORE_RESAMPLES
    return max(FEWEST_RESAMPLES, min(RESAMPLES, WORK // max(len(table.items), 1)))


def _of_all(
    table: Table, wanted: Sequence[tuple[Metric, Level]], seed: int, times: int
) -> Iterator[tuple[float | None, Numbers]]:
    import numpy as np

    if not wanted:
        return
    found = chance.patterns(table) if len(table.items) else None
    drawn = _drawn(found.items, seed, times) if found is not None and times else None
    for metric, level in wanted:
        form = chance.FORMS[f"alpha_{level}" if metric is Metric.ALPHA else metric]
        value = None if found is None else _finite(float(form(found, found.items[None, :])[0]))
        yield value, np.array([]) if value is None or drawn is None or found is None else form(found, drawn)


def _of_two(table: Table, metrics: Sequence[Metric], seed: int, times: int) -> Iterator[tuple[float | None, Numbers]]:
    import numpy as np

    if not metrics:
        return
    pairs = tables.pairs(table)
    if not len(pairs.items):
        yield from [(None, np.array([])) for _ in metrics]
        return
    seen, places = np.unique(pairs.items, return_inverse=True)
    pairs = pairs._replace(items=places)
    if times:
        times = min(times, max(FEWEST_RESAMPLES, WORK // (len(pairs.raters) * len(pairs.levels) ** 2)))
    ones = np.ones(len(seen))
    weights = itertools.chain([ones], _draws(len(seen), seed, times))
    found = np.array(list(twos.pooled(pairs, [_form(metric) for metric in metrics], weights)))
    yield from ((_finite(float(column[0])), column[1:]) for column in found.T)


def _draws(count: int, seed: int, times: int) -> Iterator[Numbers]:
    """So many resamples of items, each as how often an item was drawn."""
    import numpy as np

    draw = np.random.default_rng(seed)
    for _ in range(times):
        yield np.bincount(draw.integers(0, count, count), minlength=count).astype(float)


def _drawn(items: Numbers, seed: int, times: int) -> Numbers:
    """Resamples of items, as how often each pattern was drawn."""
    import numpy as np

    count = int(items.sum())
    if count == len(items):
        return np.array(list(_draws(count, seed, times))).reshape(times, count)
    drawn = np.random.default_rng(seed).multinomial(count, items / count, size=times)
    return np.asarray(drawn, dtype=float)


def _form(metric: Metric) -> str:
    return "equal" if metric is Metric.PERCENT else metric.value


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None

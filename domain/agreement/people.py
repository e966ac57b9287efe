"""What pages ask of ratings beyond one coefficient: who differs, whether it drifts, what a suggestion does."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from domain import cascades, consensus
from domain.agreement import measuring, tables
from domain.agreement.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

LEAST_IN_WINDOW = 20
WINDOWS = 12
TOLERABLE = 0.667
SHOWN_RULES = (
    consensus.Rule.UNANIMOUS, consensus.Rule.MAJORITY, consensus.Rule.DROP_DISTANT, consensus.Rule.SPREAD_LIMIT,
)  # fmt: skip


class Differing(NamedTuple):
    """How often a rater gave another value than another rater of the same item."""

    differs: float | None
    pairs: int


class Window(NamedTuple):
    """Agreement in a stretch of time, from the first to the last rating in it, with its bootstrap interval."""

    start: float
    end: float
    percent: float | None
    low: float | None
    high: float | None
    n_items: int


class Anchoring(NamedTuple):
    """How often people say what a judge says, without seeing it and after seeing it; the difference with interval."""

    hidden: float
    shown: float
    n_hidden: int
    n_shown: int
    difference: float
    low: float
    high: float


class Speed(NamedTuple):
    """How often ratings of one pace equal those of others, from the fastest quarter to the slowest."""

    seconds_from: float
    seconds_to: float
    equal: float | None
    ratings: int


class Settled(NamedTuple):
    """How many items a rule of consensus decides, of those with two ratings or more."""

    rule: consensus.Rule
    decided: int
    items: int

    @property
    def left(self) -> int:
        """How many it leaves to a person."""
        return self.items - self.decided


def differing(table: Table) -> list[Differing]:
    """For each rater the share of pairs with another rater of the same item in which the two differ."""
    import numpy as np

    found = tables.pairs(table)
    apart = (found.first != found.second).astype(float)
    ends = np.array(found.raters, dtype=np.int64).reshape(-1, 2)
    who = np.concatenate([ends[found.who, 0], ends[found.who, 1]]) if len(found.who) else np.array([], dtype=np.int64)
    number = np.bincount(who, minlength=table.n_raters)
    differs = np.bincount(who, weights=np.tile(apart, 2), minlength=table.n_raters)
    return [
        Differing(float(differs[n] / number[n]) if number[n] else None, int(number[n])) for n in range(table.n_raters)
    ]


def confusion(table: Table) -> tuple[list[float], Numbers]:
    """The values that occur, and how often two raters of one item gave which two (in both orders)."""
    import numpy as np

    found = tables.pairs(table)
    count = len(found.levels)
    counted = np.bincount(found.first * count + found.second, minlength=count**2).reshape(count, count).astype(float)
    return found.levels.tolist(), counted + counted.T


def drift(table: Table, at: Numbers) -> list[Window]:
    """Percent agreement over time: items by when they were last rated, in at most twelve stretches of as many items.

    A stretch has at least twenty items with two ratings or more; `at` is when each rating was given, in seconds.
    """
    import numpy as np

    last = np.full(table.n_items, -np.inf)
    np.maximum.at(last, table.items, at)
    rated = np.flatnonzero(np.bincount(table.items, minlength=table.n_items) > 1)
    windows = min(WINDOWS, len(rated) // LEAST_IN_WINDOW)
    if not windows:
        return []
    parts = np.array_split(rated[np.argsort(last[rated], kind="stable")], windows)
    return [_window(table, last, part) for part in parts]


def anchoring(hidden: tuple[int, int], shown: tuple[int, int]) -> Anchoring | None:
    """From (equal to the judge, compared) without and with the judge's verdict in view; None where one has none.

    The interval of the difference is Newcombe's (1998, method 10) from two Wilson intervals, 95 %.
    """
    if not hidden[1] or not shown[1]:
        return None
    first, second = cascades.wilson(*hidden), cascades.wilson(*shown)
    one, other = hidden[0] / hidden[1], shown[0] / shown[1]
    low = (other - one) - ((other - second[0]) ** 2 + (first[1] - one) ** 2) ** 0.5
    high = (other - one) + ((second[1] - other) ** 2 + (one - first[0]) ** 2) ** 0.5
    return Anchoring(one, other, hidden[1], shown[1], other - one, low, high)


def speed(table: Table, seconds: Numbers) -> list[Speed]:
    """Agreement with others by pace: ratings in four groups from fast to slow; those without a time are left out."""
    import numpy as np

    order = np.lexsort((table.raters, table.items))
    equal, pairs = _equal_of_each(Table(table.items[order], table.raters[order], table.values[order]))
    taken = seconds[order]
    known = np.isfinite(taken) & (taken > 0) & (pairs > 0)
    if known.sum() < 4:
        return []
    groups = np.array_split(np.flatnonzero(known)[np.argsort(taken[known], kind="stable")], 4)
    return [
        Speed(
            float(taken[part].min()), float(taken[part].max()), float(equal[part].sum() / pairs[part].sum()), len(part)
        )
        for part in groups
    ]


def settling(table: Table) -> list[Settled]:
    """What each rule of consensus makes of the items with two ratings or more.

    Where only two values occur, a mean between them decides nothing. All votes weigh the same.
    """
    import numpy as np

    order = np.lexsort((table.values, table.items))
    sizes = np.bincount(table.items, minlength=table.n_items)
    rated = [tuple(part) for part in np.split(table.values[order], np.cumsum(sizes)[:-1]) if len(part) > 1]
    alike = Counter(rated)
    levels = set(np.unique(table.values).tolist())
    few = len(levels) <= 2
    found = []
    for rule in SHOWN_RULES:
        made = {given: consensus.decide(rule, given).value for given in alike}
        kept = [given for given, value in made.items() if value is not None and (not few or value in levels)]
        found.append(Settled(rule, sum(alike[given] for given in kept), len(rated)))
    return found


def cannot_agree(found: measuring.Measured) -> bool:
    """Whether people themselves do not agree: the whole interval of alpha lies below 0.667.

    Krippendorff (Content Analysis, 2004, chapter 11) calls that the lowest limit for tentative conclusions.
    """
    return found.high is not None and found.high < TOLERABLE


def _window(table: Table, last: Numbers, part: npt.NDArray[np.int64]) -> Window:
    import numpy as np

    chosen = tables.kept(table, np.isin(table.items, part))
    found = measuring.measure(chosen, measuring.Metric.PERCENT, resamples=measuring.RESAMPLES)
    ends = float(last[part].min()), float(last[part].max())
    return Window(*ends, found.value, found.low, found.high, found.n_items)


def _equal_of_each(table: Table) -> tuple[Numbers, Numbers]:
    """For each rating, how many others of its item are equal to it, and how many others there are."""
    import numpy as np

    codes = np.unique(table.values, return_inverse=True)[1]
    cells = np.unique(table.items * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1]
    same = np.bincount(cells)[cells] - 1
    others = np.bincount(table.items)[table.items] - 1
    return same.astype(float), others.astype(float)

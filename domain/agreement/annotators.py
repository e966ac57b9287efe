"""How good each rater is where nobody knows the truth: Dawid and Skene's model, by expectation and maximisation.

A. P. Dawid and A. M. Skene, Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm (1979). Each
item has one true value; each rater gives each value with a chance that depends on the true one only. Ours: the start is
the share of votes, and every chance has a pseudo-count of 1/values, so that a rater with few ratings is not certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain import errors
from domain.agreement.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

MOST_VALUES = 20
STEPS = 100
NEAR = 1e-7


class Quality(NamedTuple):
    """One rater: the chance that a rating is right, their ratings, and how often each value (column) is given for each
    true one (row)."""

    accuracy: float
    ratings: int
    confusion: Numbers


class Estimated(NamedTuple):
    """What the model makes of a table: raters in their order, the share of each value, the chances of each item."""

    raters: list[Quality]
    shares: Numbers
    chances: Numbers
    levels: Numbers
    steps: int


def dawid_skene(table: Table) -> Estimated:
    """The quality of the raters of a table; raises Invalid for fewer than two raters or values, or over twenty values.

    With few ratings in common the model cannot tell raters apart; three raters an item are enough to.
    """
    import numpy as np

    levels, codes = np.unique(table.values, return_inverse=True)
    if table.n_raters < 2 or len(levels) < 2:
        raise errors.Invalid("Dawid and Skene need two raters and two values.", code="too_few_ratings")
    if len(levels) > MOST_VALUES:
        raise errors.Invalid(f"Dawid and Skene take at most {MOST_VALUES} values.", code="too_many_values")
    values = len(levels)
    chances = _counted(table.items, codes, table.n_items, values)
    chances /= chances.sum(axis=1, keepdims=True)
    before, likelihood, steps = -np.inf, 0.0, 0
    while steps < STEPS and abs(likelihood - before) > NEAR * abs(likelihood):
        steps, before = steps + 1, likelihood if steps else -np.inf
        shares = (chances.sum(axis=0) + 1 / values) / (table.n_items + 1)
        confusion = _confusion(table, codes, chances, values)
        chances, likelihood = _expected(table, codes, np.log(shares), np.log(confusion))
    number = np.bincount(table.raters, minlength=table.n_raters)
    raters = [
        Quality(float((shares * np.diag(confusion[n])).sum()), int(number[n]), confusion[n])
        for n in range(table.n_raters)
    ]
    return Estimated(raters, shares, chances, levels, steps)


def _counted(rows: object, columns: object, height: int, width: int) -> Numbers:
    import numpy as np

    places = np.asarray(rows) * width + np.asarray(columns)
    return np.bincount(places, minlength=height * width).astype(float).reshape(height, width)


def _confusion(table: Table, codes: object, chances: Numbers, values: int) -> Numbers:
    """For each rater and true value, the chance of each value given."""
    import numpy as np

    found = np.full((table.n_raters, values, values), 1 / values)
    for true in range(values):
        places = table.raters * values + np.asarray(codes)
        weights = chances[table.items, true]
        counted = np.bincount(places, weights=weights, minlength=table.n_raters * values)
        found[:, true, :] += counted.reshape(table.n_raters, values)
    return np.asarray(found / found.sum(axis=2, keepdims=True))


def _expected(table: Table, codes: object, shares: Numbers, confusion: Numbers) -> tuple[Numbers, float]:
    import numpy as np

    logs = np.empty((table.n_items, len(shares)))
    for true in range(len(shares)):
        weights = confusion[table.raters, true, np.asarray(codes)]
        logs[:, true] = shares[true] + np.bincount(table.items, weights=weights, minlength=table.n_items)
    top = logs.max(axis=1, keepdims=True)
    chances = np.exp(logs - top)
    total = chances.sum(axis=1, keepdims=True)
    return chances / total, float((np.log(total) + top).sum())

"""Coefficients of agreement, one a function, from the statistics packages; missing ratings are None.

The packages are imported where they are used: they take seconds, and most processes never need them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from domain import errors

Ratings = Sequence[Sequence[float | None]]
"""One row an item, one column a rater, None where a rater gave nothing."""

LevelOfMeasurement = Literal["nominal", "ordinal", "interval", "ratio"]
Weights = Literal["linear", "quadratic"]
Column = Sequence[float | None]


class Paired(NamedTuple):
    """The ratings of two raters on the items both rated, and how many items were left out."""

    first: list[float]
    second: list[float]
    left_out: int


def pair(first: Column, second: Column) -> Paired:
    """Two columns on their common items; an item that one of them lacks is left out and counted."""
    if len(first) != len(second):
        raise errors.Invalid("The two raters have columns of different length.", code="not_paired")
    both = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    return Paired([a for a, _ in both], [b for _, b in both], len(first) - len(both))


def percent(ratings: Ratings) -> float | None:
    """The share of equal ratings among all pairs of ratings on the same item."""
    equal = pairs = 0
    for row in ratings:
        given = [rating for rating in row if rating is not None]
        pairs += math.comb(len(given), 2)
        equal += sum(math.comb(given.count(value), 2) for value in set(given))
    return equal / pairs if pairs else None


def cohen_kappa(first: Column, second: Column, *, weights: Weights | None = None) -> float | None:
    """Cohen's kappa of two raters; None where both gave one and the same rating throughout."""
    import sklearn.metrics

    paired = pair(first, second)
    values = sorted({*paired.first, *paired.second})
    if len(values) < 2:
        return None
    places = {value: n for n, value in enumerate(values)}
    kappa = sklearn.metrics.cohen_kappa_score(
        [places[value] for value in paired.first],
        [places[value] for value in paired.second],
        weights=weights,
    )
    return _finite(float(kappa))


def krippendorff_alpha(ratings: Ratings, *, level: LevelOfMeasurement = "nominal") -> float | None:
    """Krippendorff's alpha; None where fewer than two values or no pair of ratings are there."""
    import krippendorff as krippendorff_package
    import numpy as np

    compared = [row for row in ratings if sum(rating is not None for rating in row) > 1]
    values = {rating for row in compared for rating in row if rating is not None}
    if len(values) < 2:
        return None
    table = np.array([[math.nan if rating is None else rating for rating in row] for row in compared], dtype=float)
    return _finite(float(krippendorff_package.alpha(reliability_data=table.T, level_of_measurement=level)))


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None

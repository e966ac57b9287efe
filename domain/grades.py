"""Distributions over whole-number grades: what they say, how sure they are, and which of two is higher."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

BIMODALITY = 5 / 9
"""Sarle's coefficient of a uniform distribution; two peaks lie above it."""
_VALLEY = 0.5
_LEAST_SIDE = 0.15
"""A few percent at the far end are no second mind."""


class Measures(NamedTuple):
    """What a distribution over grades says; entropy in bits.

    `bimodality` is Sarle's coefficient (skewness² + 1) / kurtosis, 0 where there is no spread; `bimodal` needs a
    coefficient above that of a uniform distribution and a valley between two parts.
    """

    mean: float
    variance: float
    mode: int
    entropy: float
    bimodality: float
    bimodal: bool


class Order(NamedTuple):
    """How likely a grade of one distribution is higher than, equal to or lower than one of another."""

    higher: float
    equal: float
    lower: float


def measure(shares: Sequence[float], low: int) -> Measures:
    """What shares of the grades low, low + 1, … say; the shares sum to 1.

    Of several likeliest grades the mode is the lowest.
    """
    graded = list(enumerate(shares, start=low))
    mean = math.fsum(grade * share for grade, share in graded)
    moments = [math.fsum((grade - mean) ** power * share for grade, share in graded) for power in (2, 3, 4)]
    variance, third, fourth = moments
    mode = low + max(range(len(shares)), key=shares.__getitem__)
    entropy = -math.fsum(share * math.log2(share) for share in shares if share > 0)
    coefficient = 0.0
    if variance > 1e-12 and fourth > 0:
        coefficient = min(1.0, (third**2 / variance**3 + 1) * variance**2 / fourth)
    two = coefficient > BIMODALITY and _has_valley(shares)
    return Measures(mean, variance, mode, max(0.0, entropy), coefficient, two)


def compare(one: Sequence[float], other: Sequence[float]) -> Order:
    """P(>), P(=) and P(<) of two independent distributions over the same grades."""
    pairs = [(n - m, p * q) for n, p in enumerate(one) for m, q in enumerate(other)]
    return Order(
        math.fsum(share for apart, share in pairs if apart > 0),
        math.fsum(share for apart, share in pairs if apart == 0),
        math.fsum(share for apart, share in pairs if apart < 0),
    )


def _has_valley(shares: Sequence[float]) -> bool:
    """Whether a grade with at most half of the peaks on both its sides parts the shares, with enough on either side."""
    return any(
        shares[between] <= _VALLEY * min(max(shares[:between]), max(shares[between + 1 :]))
        for between in range(1, len(shares) - 1)
        if min(math.fsum(shares[:between]), math.fsum(shares[between + 1 :])) >= _LEAST_SIDE
    )

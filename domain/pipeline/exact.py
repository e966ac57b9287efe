"""Arithmetic that gives the same last bit for one answer and for a million, in whatever order criteria stand.

Numpy adds in an order that depends on the number of columns, and its exponentials on the length of a column; sums here
are rounded once (Shewchuk's, as `math.fsum`), and functions are called number by number.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def sums(matrix: Floats) -> Floats:
    """The sum of each row, rounded once."""
    return np.array([math.fsum(row) for row in matrix.tolist()], dtype=np.float64)


def weight_of(chosen: Bools, weight: Floats) -> Floats:
    """The weight of what is chosen in each row."""
    if len(chosen) > 1 and weight.strides[0] == 0 and bool((chosen == chosen[0]).all()):
        return np.full(len(chosen), math.fsum(weight[0][chosen[0]].tolist()))
    return sums(np.where(chosen, weight, 0.0))


def divided(above: Floats, below: Floats) -> Floats:
    """Quotients, NaN where the divisor is not above nought."""
    found = np.full(len(above), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found


def means(value: Floats, weight: Floats, chosen: Bools) -> Floats:
    """The weighted mean of what is chosen in each row, NaN where nothing of it weighs."""
    return divided(sums(np.where(chosen, value * weight, 0.0)), weight_of(chosen, weight))


def each(function: Callable[[float], float], values: Floats) -> Floats:
    """A function of every number, NaN where there is none."""
    flat = [number if math.isnan(number) else function(number) for number in values.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(values.shape)

"""Criteria that a step reads apart from the sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain.pipeline import exact
from domain.pipeline.columns import Columns
from domain.pipeline.exact import Floats


def mean_of(columns: Columns, names: Sequence[str], *, nothing: float) -> Floats:
    """How good the named criteria are on average, a pitfall by its absence; `nothing` where none has a value."""
    places = columns.places(names)
    there = columns.decided[:, places]
    good = np.where(columns.pitfalls, 1.0 - columns.judged, columns.judged)[:, places]
    mean = exact.divided(exact.sums(np.where(there, good, 0.0)), there.sum(axis=1).astype(np.float64))
    found: Floats = np.where(np.isnan(mean), nothing, mean)
    return found

"""The middle of the scores: neither noise nor what is solved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain import errors
from domain.selection.bands import Band


def central_bounds(values: Sequence[float | None], low: float, high: float) -> Band:
    """The scores between two quantiles (Rubicon, arXiv:2508.12790, data selection; the quantiles are ours).

    Quantiles are linear over the known values; both ends are inside, so ties at an end stay together. Raises Invalid
    unless 0 ≤ low < high ≤ 1, or where nothing has a score.
    """
    if not 0 <= low < high <= 1:
        raise errors.Invalid("The quantiles rise from 0 to 1.", code="quantiles_invalid")
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if not known.size or not np.isfinite(known).all():
        raise errors.Invalid("No prompt has a score yet, so there is no middle.", code="nothing_scored")
    first, last = np.quantile(known, (low, high))
    return Band(float(first), float(last))

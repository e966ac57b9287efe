"""Figures that are means, with intervals over prompts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.audits import resampling
from domain.audits.shapes import Figure, Floats, Unit

Places = npt.NDArray[np.intp]


def mean(
    name: str,
    title: str,
    *,
    values: Floats,
    codes: Places | None,
    rng: np.random.Generator,
    unit: Unit = Unit.SHARE,
) -> Figure:
    """The mean of values with its interval; `codes` say which of them belong to one prompt and are drawn together,
    without them each is drawn alone. Not defined without values."""
    if not len(values):
        return Figure(name, title, None, unit=unit, n=0)
    if codes is None:
        low, high = resampling.mean_interval(values, rng)
    else:
        _, places = np.unique(codes, return_inverse=True)
        sums = np.column_stack([np.bincount(places, values), np.bincount(places).astype(np.float64)])
        low, high = resampling.interval(sums, resampling.ratio, rng)
    return Figure(name, title, float(values.mean()), low, high, unit, len(values))


def wins(gap: Floats, *, tie: float = 0.5, same: float = 1e-12) -> Floats:
    """What each difference is worth: 1 above 0, 0 below, `tie` where there is none."""
    found: Floats = np.where(np.abs(gap) <= same, tie, (gap > 0).astype(np.float64))
    return found


def histogram(values: Floats, *, bins: int = 20) -> tuple[list[float], list[float]]:
    """The middles of bins of equal width and how many values each holds; one bin where they hardly differ."""
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        return [low], [float(len(values))]
    counts, edges = np.histogram(values, bins=bins)
    return ((edges[:-1] + edges[1:]) / 2).tolist(), counts.astype(float).tolist()

"""Scores as vectors over dimensions, held against a reference axis (MR-RML): how far along it, and how far off it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Projected(NamedTuple):
    """Along the unit axis, off it, and the cosine to it (NaN for a vector without length), for each row."""

    on_axis: Floats
    residual: Floats
    cosine: Floats


def project(vectors: Floats, reference: Floats) -> Projected | None:
    """Rows along and off the normalised reference; None where the reference has no length."""
    length = float(np.linalg.norm(reference))
    if not length or not np.isfinite(length):
        return None
    unit = reference / length
    on_axis = vectors @ unit
    residual = np.linalg.norm(vectors - on_axis[:, None] * unit, axis=1)
    size = np.linalg.norm(vectors, axis=1)
    cosine = np.divide(on_axis, size, out=np.full(len(vectors), np.nan), where=size > 0)
    return Projected(on_axis, residual, np.clip(cosine, -1.0, 1.0))


def vectors(worth: Floats, weight: Floats, dimensions: Sequence[str | None], order: Sequence[str]) -> Floats:
    """The weighted mean of the criteria of each dimension, a column each in this order; NaN where none is scored.

    `worth` has a row for each answer and a column for each criterion, NaN where it is unscored.
    """
    found = np.full((len(worth), len(order)), np.nan)
    for column, name in enumerate(order):
        chosen = [place for place, dimension in enumerate(dimensions) if dimension == name]
        part, share = worth[:, chosen], weight[chosen]
        known = ~np.isnan(part)
        total = (known * share).sum(axis=1)
        sums = (np.nan_to_num(part) * share).sum(axis=1)
        np.divide(sums, total, out=found[:, column], where=total > 0)
    return found


def along(found: Projected, reference: Floats) -> Floats:
    """How far along the axis as a share of what a perfect answer reaches, so that 1 is an answer with 1 everywhere."""
    unit = reference / np.linalg.norm(reference)
    perfect = float(unit.sum())
    return found.on_axis / perfect if perfect > 0 else np.full(len(found.on_axis), np.nan)

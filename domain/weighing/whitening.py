"""Whitened weights: criteria that say the same share one voice (RRD), in a form that cannot run away.

As published, weights go with Σ^(−½)·1 over the covariance of verdicts. A criterion that every answer meets then gets
nearly all of the weight, and two opposed criteria both get much. The safe form, which is ours, leaves constant criteria
out, takes the correlations and shrinks them, cuts negative weights, caps each at twice the uniform one, and names
opposed pairs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SHRINKAGE = 0.1
CAP = 2.0
OPPOSED = -0.7
ROWS_EACH = 4
DISTINCT = 4
FLAT = 1e-9


@dataclasses.dataclass(frozen=True, slots=True)
class Whitened:
    """Weights that add up to one, by column; `uniform` says why they are equal, where they could not be found.

    `eigenvalues` are those of the shrunk correlations; `cut` columns came out negative and weigh nothing.
    """

    weights: tuple[float, ...]
    constant: tuple[int, ...]
    opposed: tuple[tuple[int, int], ...]
    eigenvalues: tuple[float, ...]
    rows: int
    uniform: str = ""
    cut: tuple[int, ...] = ()

    @property
    def singular(self) -> int:
        """How many directions the correlations leave without any spread, before they are shrunk."""
        return sum((one - SHRINKAGE) / (1.0 - SHRINKAGE) < FLAT for one in self.eigenvalues)


def published(verdicts: Floats, ridge: float = 1e-3) -> Floats:
    """Σ^(−½)·1 as it was published, not normalised; for comparison only."""
    covariance = np.cov(verdicts, rowvar=False, ddof=0).reshape(verdicts.shape[1], -1)
    return _inverse_root(covariance + ridge * np.eye(verdicts.shape[1]))[0]


def whitened(verdicts: Floats) -> Whitened:
    """The safe form over answers (rows) that have a value in [0, 1] on every criterion (columns)."""
    rows, count = verdicts.shape
    spread = np.ptp(verdicts, axis=0) if rows else np.zeros(count)
    constant = tuple(np.flatnonzero(spread == 0).tolist())
    kept = np.flatnonzero(spread > 0)
    reason = _too_little(verdicts, len(kept))
    if reason:
        return Whitened((1.0 / count,) * count if count else (), constant, (), (), rows, reason)
    correlation = np.corrcoef(verdicts[:, kept], rowvar=False).reshape(len(kept), -1)
    shrunk = (1.0 - SHRINKAGE) * correlation + SHRINKAGE * np.eye(len(kept))
    raw, eigenvalues = _inverse_root(shrunk)
    weights = np.zeros(count)
    weights[kept] = _capped(np.maximum(raw, 0.0))
    places = kept.tolist()
    opposed = tuple(
        (places[one], places[other])
        for one in range(len(kept))
        for other in range(one + 1, len(kept))
        if correlation[one, other] <= OPPOSED
    )
    cut = tuple(place for place, one in zip(places, raw.tolist(), strict=True) if one < 0)
    return Whitened(tuple(weights.tolist()), constant, opposed, tuple(eigenvalues.tolist()), rows, cut=cut)


def correlations(verdicts: Floats) -> Floats:
    """Correlations between columns, from -1 to 1; NaN where one of them does not vary or there are no two rows."""
    count = verdicts.shape[1]
    found = np.full((count, count), np.nan)
    kept = np.flatnonzero(np.ptp(verdicts, axis=0) > 0) if len(verdicts) > 1 else np.array([], dtype=np.intp)
    if len(kept):
        found[np.ix_(kept, kept)] = np.clip(np.corrcoef(verdicts[:, kept], rowvar=False), -1.0, 1.0)
    return found


def _too_little(verdicts: Floats, kept: int) -> str:
    rows, distinct = len(verdicts), len(np.unique(verdicts, axis=0))
    if kept == 0:
        return "No criterion tells the answers apart."
    if rows < ROWS_EACH * kept:
        return f"{rows} answers have all verdicts; {ROWS_EACH} for each of {kept} criteria are needed."
    if distinct < min(DISTINCT, 2**kept):
        return f"The answers show only {distinct} different patterns of verdicts."
    return ""


def _inverse_root(matrix: Floats) -> tuple[Floats, Floats]:
    """The matrix to the power −½ times ones, and its eigenvalues from the largest."""
    values, vectors = np.linalg.eigh(matrix)
    safe = np.maximum(values, 1e-12)
    found: Floats = vectors @ ((vectors.T @ np.ones(len(matrix))) / np.sqrt(safe))
    return found, values[::-1]


def _capped(raw: Floats) -> Floats:
    """Weights that add up to one, none above twice the uniform one; what is cut goes to the others by proportion."""
    weights: Floats = raw / raw.sum()
    cap = CAP / len(raw)
    for _ in range(len(raw)):
        over = weights > cap + 1e-12
        if not over.any() or not (weights[~over] > 0).any():
            break
        weights[~over] *= (1.0 - cap * over.sum()) / weights[~over].sum()
        weights[over] = cap
    return weights


def oriented(values: Floats, pitfalls: Sequence[bool]) -> Floats:
    """Values that all speak for an answer: a pitfall by its absence."""
    turned: Floats = np.where(np.asarray(pitfalls, dtype=bool), 1.0 - values, values)
    return turned

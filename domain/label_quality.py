"""How far labels can be trusted, from what several judges say of them: strength, peer review, unanimity. Marks only.

A margin is how far a judge is on the label's side: positive agrees, negative contradicts, 0 is a tie that does
neither, None was not judged. Of a preference it is the score of the better answer less that of the worse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from domain import errors

SMOOTHING = 0.1
Margins = Sequence[float | None]


class Band(StrEnum):
    """How strong a preference is among all of a data set."""

    FLIP = "flip"
    AMBIGUOUS = "ambiguous"
    NORMAL = "normal"
    STRONG = "strong"


class Quantiles(NamedTuple):
    """Where the bands end, as shares of all pairs: Secrets of RLHF II finds the lowest fifth harmful, the next fifth
    close to chance, and the top tenth prone to overfitting.
    """

    flip: float = 0.2
    ambiguous: float = 0.4
    strong: float = 0.9


USUAL = Quantiles()


class Strength(NamedTuple):
    """The mean margin of the voters and its population deviation; None where nobody judged the pair."""

    mean: float | None
    deviation: float | None
    voters: int
    agreeing: int


class Quadrant(StrEnum):
    """What two judges make of a label."""

    KEEP = "keep"
    MISLABELLED = "mislabelled"
    AMBIGUOUS = "ambiguous"
    UNJUDGED = "unjudged"


def strengths(margins: Sequence[Margins], *, scale: bool = True) -> list[Strength]:
    """The preference strength of each pair by its voters (Wang et al., arXiv:2401.06080, section 2.1).

    One row a pair, one column a voter. With `scale` each voter's margins are first divided by their own population
    deviation, so that no voter counts more for its unit; one without any is left as it is (ours). Deviations divide by
    the number of voters. Raises Invalid for rows of different length and for numbers that are not finite.
    """
    table = _table(margins)
    if not table.size:
        return [Strength(None, None, 0, 0) for _ in margins]
    if scale:
        table = table / _units(table)
    given = np.isfinite(table)
    count = given.sum(axis=1)
    safe = np.maximum(count, 1)
    mean = np.where(given, table, 0.0).sum(axis=1) / safe
    spread = np.sqrt((np.where(given, table - mean[:, None], 0.0) ** 2).sum(axis=1) / safe)
    agreeing = (given & (table > 0)).sum(axis=1)
    return [
        Strength(float(m), float(s), int(n), int(a)) if n else Strength(None, None, 0, 0)
        for m, s, n, a in zip(mean, spread, count, agreeing, strict=True)
    ]


def bands(means: Sequence[float | None], quantiles: Quantiles = USUAL) -> list[Band | None]:
    """The band of each pair by quantiles of the means (arXiv:2401.06080, section 2.2); None where nobody judged it.

    Pairs equal to a bound fall towards the middle, so where all are equal all are normal. Raises Invalid unless
    0 ≤ flip ≤ ambiguous ≤ strong ≤ 1.
    """
    if not 0 <= quantiles.flip <= quantiles.ambiguous <= quantiles.strong <= 1:
        raise errors.Invalid("The bounds of the bands rise from 0 to 1.", code="quantiles_invalid")
    known = np.array([mean for mean in means if mean is not None], dtype=np.float64)
    if not known.size:
        return [None] * len(means)
    low, middle, high = (float(bound) for bound in np.quantile(known, quantiles))
    return [None if mean is None else _band(mean, low, middle, high) for mean in means]


def treatment(band: Band | None, mean: float | None, *, smoothing: float = SMOOTHING) -> tuple[float | None, float]:
    """The margin and the label smoothing that a trainer may use for a pair (arXiv:2401.06080, section 2.3).

    The margin is the mean strength, never below 0. Ambiguous and very strong pairs are smoothed; how much is ours. What
    may be flipped waits for people: it gets neither, and is never flipped by itself.
    """
    if not 0 <= smoothing < 0.5:
        raise errors.Invalid("Label smoothing lies from 0 to below one half.", code="smoothing_invalid")
    if band is None or mean is None or band is Band.FLIP:
        return None, 0.0
    return max(mean, 0.0), smoothing if band in {Band.AMBIGUOUS, Band.STRONG} else 0.0


def peer_review(first: Margins, second: Margins) -> list[Quadrant]:
    """What two different judges make of each label (CRM, arXiv:2505.10597, section 3.2, as a filter).

    Both agree: keep. Both contradict: likely mislabelled, for people to look at. Else, ties included: ambiguous.
    """
    if len(first) != len(second):
        raise errors.Invalid("Both judges need a margin for each label.", code="margins_invalid")
    return [_quadrant(one, other) for one, other in zip(first, second, strict=True)]


def kept_by_peer(margins: Margins, share: float) -> list[bool]:
    """The share of labels that a peer finds most credible, by the largest margins (arXiv:2505.10597, eq. 4).

    The number is rounded down; of labels with equal margins the earlier is kept. What was not judged is not kept.
    Raises Invalid for a share outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise errors.Invalid("A share lies from 0 to 1.", code="share_invalid")
    places = sorted((-margin, n) for n, margin in enumerate(margins) if margin is not None)
    kept = {n for _, n in places[: math.floor(share * len(places) + 1e-9)]}
    return [n in kept for n in range(len(margins))]


def annealed_share(step: int, steps: int, noise: float) -> float:
    """The share to keep at a step: from all of it at the first to 1 - `noise` at the last, in a line (CRM)."""
    if steps < 1 or not 0 <= step <= steps or not 0 <= noise <= 1:
        raise errors.Invalid("A step lies within its steps, and noise from 0 to 1.", code="schedule_invalid")
    return 1 - noise * step / steps


def easy_first(first: Margins, second: Margins) -> list[int]:
    """The places of all labels that both judged, from the easiest: the largest of the smaller margins (CRM)."""
    both = [
        (-min(one, other), n)
        for n, (one, other) in enumerate(zip(first, second, strict=True))
        if one is not None and other is not None
    ]
    return [n for _, n in sorted(both)]


def unanimous(margins: Sequence[Margins], *, judges: int = 2) -> list[bool]:
    """Whether all judges, at least so many, are on the label's side: a tie or a missing verdict is no agreement."""
    if judges < 1:
        raise errors.Invalid("Unanimity needs at least one judge.", code="judges_invalid")
    return [len(row) >= judges and all(margin is not None and margin > 0 for margin in row) for row in margins]


def label_margin(label: float, judged: float | None, *, tolerance: float = 0.5) -> float | None:
    """How far a judge's value is on the side of a label, both in [0, 1]: `tolerance` less their distance."""
    return None if judged is None else tolerance - abs(label - judged)


def _table(margins: Sequence[Margins]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    widths = {len(row) for row in margins}
    if len(widths) > 1:
        raise errors.Invalid("Every pair needs a place for each voter.", code="margins_invalid")
    for row in margins:
        if not all(margin is None or math.isfinite(margin) for margin in row):
            raise errors.Invalid("A margin must be a finite number, or missing.", code="margin_invalid")
    rows = [[math.nan if margin is None else margin for margin in row] for row in margins]
    return np.array(rows, dtype=np.float64).reshape(len(rows), widths.pop() if widths else 0)


def _units(
    table: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The population deviation of each column, 1 where there is none."""
    given = np.isfinite(table)
    count = np.maximum(given.sum(axis=0), 1)
    mean = np.where(given, table, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(given, table - mean, 0.0) ** 2).sum(axis=0) / count)
    return np.where(spread > 0, spread, 1.0)


def _band(mean: float, low: float, middle: float, high: float) -> Band:
    if mean > high:
        return Band.STRONG
    if mean < low:
        return Band.FLIP
    return Band.AMBIGUOUS if mean < middle else Band.NORMAL


def _quadrant(first: float | None, second: float | None) -> Quadrant:
    if first is None or second is None:
        return Quadrant.UNJUDGED
    if first > 0 and second > 0:
        return Quadrant.KEEP
    return Quadrant.MISLABELLED if first < 0 and second < 0 else Quadrant.AMBIGUOUS

"""Preference pairs from scores, and the columns by which a trainer weighs them."""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from domain import errors, label_quality

SAME = 1e-9
MOST_STRENGTH = 3


class Which(enum.StrEnum):
    """Which pairs are made of the answers to one prompt."""

    EXTREMES = "extremes"
    ALL = "all"
    NEIGHBOURS = "neighbours"


class Pair(NamedTuple):
    """The places of the better and the worse answer, and how far apart their scores are."""

    better: int
    worse: int
    margin: float


class Voted(NamedTuple):
    """Whether the first answer is the better one, by how much from 0 to 1, and in steps from 1 to 3."""

    first: bool
    margin: float
    strength: int


def pairs(scores: Sequence[float | None], which: Which, *, least: float = 0.0) -> tuple[list[Pair], int]:
    """The pairs of one prompt's answers with a margin of at least `least`, and how many were ties or too close.

    A tie is never a pair; an answer without a score is in none. Of equal scores the earlier answer stands for them
    among the extremes, and in `neighbours` each answer is paired with those next below in score. Raises Invalid for a
    negative bound.
    """
    if not least >= 0 or not math.isfinite(least):
        raise errors.Invalid("The least margin is a number from 0.", code="margin_invalid")
    known = sorted(((score, place) for place, score in enumerate(scores) if score is not None), key=_downwards)
    found, close = [], 0
    for (above, better), (below, worse) in _candidates(known, which):
        margin = above - below
        if margin <= SAME or margin < least - SAME:
            close += 1
        else:
            found.append(Pair(better, worse, margin))
    return found, close


def voted(strengths: Sequence[float]) -> Voted | None:
    """What people settled on for two answers, as columns of a pair; None for a tie.

    `strengths` are from −3, the first is much better, to 3, one for each order in which the two were settled, turned to
    one order: their mean decides. The strength is its size in whole steps, 1 to 3, halves upwards, as raters say it in
    HelpSteer2-Preference (arXiv:2410.01257, section 2.1); the margin, its size as a share of 3, is ours. Raises Invalid
    without a strength or for one out of range.
    """
    if not strengths or not all(abs(one) <= MOST_STRENGTH for one in strengths):
        raise errors.Invalid("Strengths lie from -3 to 3, and there is at least one.", code="strength_invalid")
    mean = math.fsum(strengths) / len(strengths)
    if abs(mean) <= SAME:
        return None
    return Voted(mean < 0, abs(mean) / MOST_STRENGTH, max(1, math.floor(abs(mean) + 0.5)))


def beta_scale(margin: float, *, w: float, k: float) -> float:
    """By how much β of DPO grows with a margin: 1 + w(1 - exp(-k·margin)) (MM-RLHF, arXiv:2502.10391, dynamic reward
    scaling; margins from the rubric instead of a reward model are ours).

    From 1 at margin 0 to 1 + w. Raises Invalid unless margin ≥ 0, w ≥ 0 and k > 0.
    """
    if not margin >= 0 or not (math.isfinite(w) and w >= 0) or not (math.isfinite(k) and k > 0):
        raise errors.Invalid("The margin and w are from 0, and k is above 0.", code="beta_scale_invalid")
    return 1 + w * -math.expm1(-k * margin)


def strengths(margins: Sequence[float]) -> list[int]:
    """1 (slightly better), 2 (better) or 3 (much better), as HelpSteer2-Preference states it (arXiv:2410.01257).

    People say it there; of margins it is the third of all margins in which one lies, equal margins falling to the lower
    one (ours).
    """
    if not margins:
        return []
    low, high = (float(bound) for bound in np.quantile(np.array(margins, dtype=np.float64), (1 / 3, 2 / 3)))
    return [1 + (margin > low + SAME) + (margin > high + SAME) for margin in margins]


def smoothings(margins: Sequence[float], *, smoothing: float, weak: float, strong: float) -> list[float]:
    """The label smoothing of each pair: for the weakest share and those above the `strong` quantile (Secrets of RLHF
    II, arXiv:2401.06080, section 2.3: near chance and over-confident); the others get none.

    The pairs are on the judge's own side, so none of them is a candidate for flipping (ours).
    """
    found = label_quality.bands(margins, label_quality.Quantiles(0.0, weak, strong))
    return [label_quality.treatment(band, 0.0, smoothing=smoothing)[1] for band in found]


def _downwards(one: tuple[float, int]) -> tuple[float, int]:
    return -one[0], one[1]


Placed = tuple[float, int]


def _candidates(known: Sequence[Placed], which: Which) -> Iterator[tuple[Placed, Placed]]:
    if which is Which.ALL:
        yield from itertools.combinations(known, 2)
    elif which is Which.NEIGHBOURS:
        levels = [list(group) for _, group in itertools.groupby(known, key=lambda one: one[0])]
        for above, below in itertools.pairwise(levels):
            yield from itertools.product(above, below)
    elif len(known) > 1:
        lowest = known[-1][0]
        yield known[0], next(one for one in known if one[0] == lowest)

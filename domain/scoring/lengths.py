"""Penalties for length in five forms, over columns; lengths are in whatever unit the caller counts.

Four of them give something to add to a score, `exponential` a factor. An unscored answer is NaN and stays so where the
form looks at the score; how long it is is known all the same.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Unit(enum.StrEnum):
    """What a length is counted in."""

    WORDS = "words"
    CHARACTERS = "characters"
    TOKENS = "tokens"


class Ends(NamedTuple):
    """What the shortest answer gets, and what one of the greatest length gets."""

    short: float
    long: float


def ramp(length: Floats, *, limit: float, cache: float) -> Floats:
    """0 up to `limit` − `cache`, then down in a line to −1 at the limit, −1 beyond (DAPO)."""
    over = length - (limit - cache)
    fall: Floats = 0.0 - np.clip(over / cache, 0.0, 1.0)
    return fall


def group_relative(length: Floats, correct: Bools, groups: npt.NDArray[np.int64]) -> Floats:
    """½ for the shortest answer of its group down to −½ for the longest; a wrong answer gains nothing (Kimi k1.5).

    `groups` numbers the group of each answer from 0. Where all of a group are equally long nobody gains or loses.
    """
    count = int(groups.max()) + 1 if groups.size else 0
    shortest, longest = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(shortest, groups, length)
    np.maximum.at(longest, groups, length)
    span = (longest - shortest)[groups]
    place = np.divide(length - shortest[groups], span, out=np.full(length.shape, 0.5), where=span > 0)
    gain = 0.5 - place
    paid: Floats = np.where(correct, gain, np.minimum(gain, 0.0))
    return paid


def band(length: Floats, *, low: float, high: float, scale: float, strength: float) -> Floats:
    """0 between `low` and `high`; outside −strength · distance / scale."""
    outside = np.maximum(0.0, np.maximum(low - length, length - high))
    return 0.0 - strength * outside / scale


def exponential(length: Floats, *, reference: float, rate: float) -> Floats:
    """A factor: 1 up to the reference length, then exp(−rate · (length / reference − 1))."""
    factor: Floats = np.exp(-rate * np.maximum(0.0, length / reference - 1.0))
    return factor


def cosine(length: Floats, score: Floats, *, longest: float, right: Ends, wrong: Ends) -> Floats:
    """Half a cosine from the short to the long end, for right and for wrong answers, mixed by the score from 0 to 1.

    The usual ends let a right answer lose with length, and a wrong one lose less the longer it thought.
    """
    share = np.clip(length / longest, 0.0, 1.0)
    falling = 0.5 * (1.0 + np.cos(np.pi * share))
    curves = [ends.long + (ends.short - ends.long) * falling for ends in (right, wrong)]
    mix = np.clip(score, 0.0, 1.0)
    return mix * curves[0] + (1.0 - mix) * curves[1]


class Design(NamedTuple):
    """What a penalty does to stored answers: its range, what cutting an answer to half gains, and how far good ones lie
    from bad ones; `outweighs` where the range is greater than that gap."""

    lowest: float
    highest: float
    truncating: float
    gap: float | None
    outweighs: bool


def design(change: Floats, halved: Floats, score: Floats) -> Design | None:
    """Judge a penalty by what it changes on real answers, as they are and at half their length.

    `change` and `halved` are what it adds to each score. The gap is the mean score of the upper half less that of the
    lower half. Nothing where no answer is scored.
    """
    known = ~np.isnan(change) & ~np.isnan(score)
    if not known.any():
        return None
    lowest, highest = float(change[known].min()), float(change[known].max())
    ordered = np.sort(score[known])
    half = len(ordered) // 2
    gap = float(ordered[-half:].mean() - ordered[:half].mean()) if half else None
    spread = highest - lowest
    gained = float((halved[known] - change[known]).mean())
    return Design(lowest, highest, gained, gap, gap is not None and spread > gap)

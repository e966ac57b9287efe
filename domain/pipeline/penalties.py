"""Penalties for length in five forms, over columns; lengths are in whatever unit the caller counts.

Four of them give something to add to a score, `exponential` a factor. An unscored answer is NaN and stays so where the
form looks at the score; how long it is is known all the same.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from domain.pipeline import exact
from domain.pipeline.exact import Bools, Floats


class Ends(NamedTuple):
    """What the shortest answer gets, and what one of the greatest length gets."""

    short: float
    long: float


def ramp(length: Floats, *, limit: float, cache: float) -> Floats:
    """0 up to `limit` − `cache`, then down in a line to −1 at the limit, −1 beyond (DAPO)."""
    over = length - (limit - cache)
    fall: Floats = 0.0 - np.clip(over / cache, 0.0, 1.0)
    return fall


def group_relative(length: Floats, correct: Bools, *, shortest: float, longest: float) -> Floats:
    """½ for the shortest answer of its group down to −½ for the longest; a wrong answer gains nothing (Kimi k1.5).

    Where all of a group are equally long nobody gains or loses.
    """
    if longest <= shortest:
        return np.zeros(len(length))
    gain = 0.5 - (length - shortest) / (longest - shortest)
    paid: Floats = np.where(correct, gain, np.minimum(gain, 0.0))
    return paid


def band(length: Floats, *, low: float, high: float, scale: float, strength: float) -> Floats:
    """0 between `low` and `high`; outside −strength · distance / scale."""
    outside = np.maximum(0.0, np.maximum(low - length, length - high))
    return 0.0 - strength * outside / scale


def exponential(length: Floats, *, reference: float, rate: float) -> Floats:
    """A factor: 1 up to the reference length, then exp(−rate · (length / reference − 1))."""
    return exact.each(math.exp, -rate * np.maximum(0.0, length / reference - 1.0))


def cosine(length: Floats, score: Floats, *, longest: float, right: Ends, wrong: Ends) -> Floats:
    """Half a cosine from the short to the long end, for right and for wrong answers, mixed by the score from 0 to 1.

    The usual ends let a right answer lose with length, and a wrong one lose less the longer it thought.
    """
    share = np.clip(length / longest, 0.0, 1.0)
    falling = 0.5 * (1.0 + exact.each(math.cos, np.pi * share))
    curves = [ends.long + (ends.short - ends.long) * falling for ends in (right, wrong)]
    mix = np.clip(score, 0.0, 1.0)
    return mix * curves[0] + (1.0 - mix) * curves[1]

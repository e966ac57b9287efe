"""Which of several judges to take: the best by comparisons won, or a cheaper one that is not clearly worse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

RESAMPLES = 2_000
FEW = 30
"""Below so many common prompts an interval says little, and the recommendation says so."""


class Contender(NamedTuple):
    """A judge: its credit in [0, 1] on each prompt, and the tokens it costs a verdict (None where unknown)."""

    name: str
    credits: Mapping[int, float]
    tokens: float | None


class Difference(NamedTuple):
    """Mean credit of one judge less that of another over common prompts, with the 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    prompts: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


class Choice(NamedTuple):
    """The best judge by its mean, and the cheapest that is not clearly worse (the best itself where none is).

    `level` are the others that won exactly as large a share as the best.
    """

    best: str
    take: str
    difference: Difference | None
    saves: float | None
    few: bool
    level: tuple[str, ...] = ()


def difference(one: Contender, other: Contender, *, seed: int = 0) -> Difference | None:
    """How much better one judge is than another on the prompts that both judged; None without any."""
    common = sorted(one.credits.keys() & other.credits.keys())
    if not common:
        return None
    gaps = np.asarray([one.credits[prompt] - other.credits[prompt] for prompt in common])
    drawn = np.random.default_rng(seed).integers(0, len(gaps), size=(RESAMPLES, len(gaps)))
    low, high = np.percentile(gaps[drawn].mean(axis=1), [2.5, 97.5])
    return Difference(float(gaps.mean()), float(low), float(high), len(common))


def choose(contenders: Sequence[Contender]) -> Choice | None:
    """The recommendation; None where no judge has a credit."""
    judged = [each for each in contenders if each.credits]
    if not judged:
        return None
    best = max(judged, key=lambda each: (mean(each), -(each.tokens or math.inf)))
    take, found = best, None
    for each in judged:
        if each.tokens is None or take.tokens is None or each.tokens >= take.tokens:
            continue
        gap = difference(best, each)
        if gap is not None and not gap.is_clear:
            take, found = each, gap
    saves = 1 - take.tokens / best.tokens if take is not best and take.tokens is not None and best.tokens else None
    level = tuple(each.name for each in judged if each is not best and math.isclose(mean(each), mean(best)))
    return Choice(best.name, take.name, found, saves, len(take.credits) < FEW, level)


def mean(contender: Contender) -> float:
    """The mean credit over prompts."""
    return math.fsum(contender.credits.values()) / len(contender.credits)

"""How often a judge is right where the better answer is known, under each policy on ties.

A policy says what a tie is worth: nothing (`strict`: RewardMATH's accuracy), a win (`lenient`), or its share (`split`:
RewardBench 2, one over the number tied at the top). An answer that could not be judged is never right under any of
them: it counts as a loss and is counted apart.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

RESAMPLES = 2_000
HALF = 0.5


class Ties(enum.StrEnum):
    """What a tie is worth."""

    STRICT = "strict"
    LENIENT = "lenient"
    SPLIT = "split"


class Estimate(NamedTuple):
    """A mean over items with its 95 % bootstrap interval (percentile, over items); None without items."""

    value: float | None
    low: float | None
    high: float | None
    items: int


class Group(NamedTuple):
    """The scores of the right and the wrong answers to one prompt; None where one could not be judged."""

    right: tuple[float | None, ...]
    wrong: tuple[float | None, ...]


class Pair(NamedTuple):
    """How far the better answer was preferred, in [0, 1], when it stood first and when it stood second.

    ½ is a tie, None a reply that could not be read; an order that was not asked is absent (NaN).
    """

    first: float | None
    second: float | None


NOT_ASKED = math.nan


def best(group: Group, ties: Ties) -> float:
    """The credit in [0, 1] of a group: whether a right answer stands at the top."""
    if not group.right or None in group.right or not _known(group.wrong):
        return 0.0
    right, wrong = _known(group.right), _known(group.wrong)
    top = max(*right, *wrong)
    at_top = sum(score == top for score in right)
    beside = sum(score == top for score in wrong)
    if ties is Ties.SPLIT:
        return at_top / (at_top + beside)
    if ties is Ties.LENIENT:
        return float(at_top > 0)
    return float(at_top > 0 and not beside)


def reciprocal_rank(group: Group) -> float:
    """One over the rank of the best right answer; ties are broken against it (RewardMATH)."""
    right = _known(group.right)
    if not right:
        return 0.0
    return 1 / (1 + sum(score >= max(right) for score in _known(group.wrong)))


def wins(group: Group, ties: Ties) -> float:
    """The share of comparisons of a right with a wrong answer that the right one wins."""
    pairs = [(right, wrong) for right in group.right for wrong in group.wrong]
    if not pairs:
        return 0.0
    return math.fsum(_win(right, wrong, ties) for right, wrong in pairs) / len(pairs)


def preferred(value: float | None, ties: Ties) -> float:
    """The credit of one order of a pair."""
    return _win(value, HALF, ties)


def both(pair: Pair, ties: Ties) -> float:
    """The credit of a pair that must be right in both orders."""
    return min(preferred(pair.first, ties), preferred(pair.second, ties))


def steady(pair: Pair) -> float:
    """Whether both orders name the same winner (or both a tie); what cannot be read is not steady."""
    if pair.first is None or pair.second is None:
        return 0.0
    return float(_sign(pair.first) == _sign(pair.second))


def all_won(values: Sequence[float | None], ties: Ties) -> float:
    """The credit of a right answer compared with each wrong one: the product of what it won."""
    return math.prod((preferred(value, ties) for value in values), start=1.0) if values else 0.0


def estimate(credits_: Sequence[float], *, seed: int = 0) -> Estimate:
    """The mean of credits, one an item, with its interval."""
    count = len(credits_)
    if not count:
        return Estimate(None, None, None, 0)
    values = np.asarray(credits_, dtype=float)
    drawn = np.random.default_rng(seed).integers(0, count, size=(RESAMPLES, count))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return Estimate(float(values.mean()), float(low), float(high), count)


def of_groups(groups: Sequence[Group]) -> dict[str, Estimate]:
    """All measures of a judge that scores answers one by one."""
    found = {f"best_{ties}": estimate([best(group, ties) for group in groups]) for ties in Ties}
    found |= {f"wins_{ties}": estimate([wins(group, ties) for group in groups]) for ties in Ties}
    return found | {"reciprocal_rank": estimate([reciprocal_rank(group) for group in groups])}


def of_pairs(prompts: Mapping[str, Sequence[Pair]]) -> dict[str, Estimate]:
    """All measures of a judge that compares two answers; items are prompts, so that intervals know their pairs.

    Where both orders were asked there is also how often both are right and how often they agree.
    """
    found: dict[str, Estimate] = {}
    for ties in Ties:
        credits_ = [
            [preferred(value, ties) for pair in pairs for value in pair if _asked(value)] for pairs in prompts.values()
        ]
        found[f"pairs_{ties}"] = estimate([math.fsum(each) / len(each) for each in credits_ if each])
        asked_once = [[value for pair in pairs for value in pair if _asked(value)] for pairs in prompts.values()]
        if any(len(pairs) > 1 for pairs in prompts.values()):
            found[f"best_{ties}"] = estimate([all_won(values, ties) for values in asked_once])
        every = [pair for pairs in prompts.values() for pair in pairs]
        for name, values in (("first", [pair.first for pair in every]), ("second", [pair.second for pair in every])):
            found[f"{name}_{ties}"] = estimate([preferred(value, ties) for value in values if _asked(value)])
    twice = [pair for pairs in prompts.values() for pair in pairs if _asked(pair.first) and _asked(pair.second)]
    if twice:
        found |= {f"both_{ties}": estimate([both(pair, ties) for pair in twice]) for ties in Ties}
        found["steady"] = estimate([steady(pair) for pair in twice])
    return found


def _known(scores: Sequence[float | None]) -> list[float]:
    return [score for score in scores if score is not None]


def _asked(value: float | None) -> bool:
    return value is None or not math.isnan(value)


def _sign(value: float) -> int:
    return (value > HALF) - (value < HALF)


def _win(score: float | None, rival: float | None, ties: Ties) -> float:
    if score is None or rival is None:
        return 0.0
    if score == rival:
        return {Ties.STRICT: 0.0, Ties.LENIENT: 1.0, Ties.SPLIT: HALF}[ties]
    return float(score > rival)

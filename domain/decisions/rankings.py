"""Answers put in order, ties allowed."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from domain import errors


def read_ranks(given: Mapping[str, Any], count: int) -> tuple[int, ...]:
    """One rank an answer, 1 is best, equal ranks are ties; raises `Invalid`. Gaps in the ranks are closed."""
    ranks = given.get("ranks")
    if not isinstance(ranks, Sequence) or isinstance(ranks, str) or len(ranks) != count:
        raise errors.Invalid(f"Give each of the {count} answers a rank.", code="ranks_invalid")
    if any(isinstance(rank, bool) or not isinstance(rank, int) or not 1 <= rank <= count for rank in ranks):
        raise errors.Invalid(f"A rank is a whole number from 1, the best, to {count}.", code="ranks_invalid")
    return dense(ranks)


def dense(ranks: Sequence[float]) -> tuple[int, ...]:
    """The same order with ranks 1, 2, 3, …; what is equal stays equal."""
    places = {rank: place for place, rank in enumerate(sorted(set(ranks)), 1)}
    return tuple(places[rank] for rank in ranks)


def distance(first: Sequence[float], second: Sequence[float]) -> float:
    """The share of pairs in another order, 0 to 1; a pair tied in one of the two alone counts half.

    This is Kendall's distance with penalty ½ (Fagin et al. 2004, Comparing and aggregating rankings with ties).
    """
    pairs = list(itertools.combinations(range(len(first)), 2))
    if not pairs:
        return 0.0
    apart = sum(abs(_sign(first, one, other) - _sign(second, one, other)) / 2 for one, other in pairs)
    return apart / len(pairs)


def together(ranks: Sequence[Sequence[float]]) -> tuple[int, ...]:
    """The order of the mean ranks (Borda)."""
    return dense([round(sum(column) / len(column), 9) for column in zip(*ranks, strict=True)])


def _sign(ranks: Sequence[float], one: int, other: int) -> int:
    return (ranks[one] > ranks[other]) - (ranks[one] < ranks[other])

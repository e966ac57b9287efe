"""Swing weighting: how much the step from the worst to the best state of each item is worth.

A person ranks the swings, gives the most important one 100 points and rates the others against it; weights are the
points over their sum (von Winterfeldt and Edwards, *Decision Analysis and Behavioral Research*, 1986, chapter 8).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from domain import errors
from domain.weighing.simplex import normalised

MOST = 100.0


class SwingsInvalid(errors.Invalid):
    """An order or ratings that say nothing, or that contradict each other."""

    default_code = "swings_invalid"


def check_swings(items: Sequence[str], order: Sequence[str], ratings: Mapping[str, float]) -> None:
    """Raise SwingsInvalid unless each item is ranked once, the first has 100 points and points follow the order."""
    if sorted(order) != sorted(items):
        raise SwingsInvalid("Each item stands in the order exactly once.", problems=[_at("/order", "is not complete")])
    lacking = [name for name in order if name not in ratings]
    if lacking:
        said = f"{lacking[0]!r} has no points yet."
        raise SwingsInvalid(said, problems=[_at(f"/ratings/{name}", "is missing") for name in lacking])
    outside = [name for name in order if not 0 <= ratings[name] <= MOST]
    if outside:
        said = f"The points of {outside[0]!r} must lie between 0 and 100."
        raise SwingsInvalid(said, problems=[_at(f"/ratings/{name}", "from 0 to 100") for name in outside])
    if ratings[order[0]] != MOST:
        problem = _at(f"/ratings/{order[0]}", "must be 100")
        raise SwingsInvalid("The most important swing has 100 points.", problems=[problem])
    for above, below in itertools.pairwise(order):
        if ratings[below] > ratings[above]:
            said = f"{below!r} has more points than {above!r}, which you ranked above it."
            raise SwingsInvalid(said, problems=[_at(f"/ratings/{below}", f"is above {ratings[above]:g}")])


def swing_weights(items: Sequence[str], order: Sequence[str], ratings: Mapping[str, float]) -> dict[str, float]:
    """The weights of the items, summing to one, in the order given."""
    check_swings(items, order, ratings)
    return normalised({name: float(ratings[name]) for name in items})


def _at(pointer: str, message: str) -> errors.Problem:
    return errors.Problem(pointer, message)

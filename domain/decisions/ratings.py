"""One answer rated on five levels."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from domain.decisions.base import NotOffered

LEVELS = (
    ("Bad", "Wrong, harmful, or no answer to what was asked"),
    ("Poor", "Serious faults; little of it can be used"),
    ("Fair", "Usable in part, with clear faults"),
    ("Good", "Does what was asked, with small faults"),
    ("Excellent", "Does all that was asked, and well"),
)
"""The levels from 1 to 5 where an item names none of its own."""


def read_level(given: Mapping[str, Any]) -> int:
    """The level in an answer, a whole number from 1 to 5; raises `NotOffered`."""
    level = given.get("level")
    if isinstance(level, bool) or not isinstance(level, int | float) or level not in range(1, len(LEVELS) + 1):
        raise NotOffered(f"The level is a whole number from 1, the worst, to {len(LEVELS)}, the best.")
    return int(level)


def distance(first: float, second: float) -> float:
    """The difference of two levels as a share of the scale."""
    return min(1.0, abs(first - second) / (len(LEVELS) - 1))


def together(levels: Sequence[float]) -> float:
    """The median; of an even number the lower of the two in the middle, so that it is a level."""
    return statistics.median_low(levels)

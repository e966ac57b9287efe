"""Which of two answers is better, on seven points (HelpSteer2-Preference, arXiv:2410.01257, section 2).

A strength lies from −3, the first is much better, to 3, the second is much better. The paper's annotators had no
middle; 0, both equally good, is ours.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from domain.decisions.base import NotOffered

MOST = 3
SPREAD = 2
"""Strengths at most this far apart are taken together (HelpSteer2-Preference, section 2.2)."""
WORDS = {
    -3: "A is much better",
    -2: "A is better",
    -1: "A is slightly better",
    0: "both are equally good",
    1: "B is slightly better",
    2: "B is better",
    3: "B is much better",
}


def read_strength(given: Mapping[str, Any]) -> int:
    """The strength in an answer, a whole number from −3 to 3; raises `NotOffered`."""
    strength = given.get("strength")
    if isinstance(strength, bool) or not isinstance(strength, int | float) or strength not in WORDS:
        raise NotOffered("The strength is a whole number from -3, the first is much better, to 3, the second is.")
    return int(strength)


def distance(first: float, second: float) -> float:
    """The difference of two strengths as a share of the scale."""
    return min(1.0, abs(first - second) / (2 * MOST))


def together(strengths: Sequence[float]) -> int:
    """The mean of strengths to the nearest whole number, halves towards equally good."""
    mean = sum(strengths) / len(strengths)
    return int(math.copysign(math.ceil(abs(mean) - 0.5), mean))

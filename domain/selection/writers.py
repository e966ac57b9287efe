"""Which rubrics helped a judge towards the known answer, and which misled it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple


class Usefulness(enum.StrEnum):
    """What a rubric did to a judge's margin."""

    HELPFUL = "helpful"
    NEUTRAL = "neutral"
    MISLEADING = "misleading"


class Chosen(NamedTuple):
    """The places of the most helpful and the most misleading rubric."""

    helpful: int
    misleading: int


def usefulness(margin: float, base: float) -> Usefulness:
    """What a rubric did (C2, arXiv:2604.13618, section on synthesis): helpful where the margin towards the known answer
    is above both 0 and the one without a rubric, misleading where it is below both, else neutral.
    """
    if margin > max(0.0, base):
        return Usefulness.HELPFUL
    return Usefulness.MISLEADING if margin < min(0.0, base) else Usefulness.NEUTRAL


def choose(margins: Sequence[float | None], base: float) -> Chosen | None:
    """The best of the helpful rubrics and the worst of the misleading, for DPO of a writer (C2).

    Both are needed, or the pair is dropped: None. Of equal margins the earlier is taken; what has no margin is neither.
    """
    known = [(margin, place) for place, margin in enumerate(margins) if margin is not None]
    helpful = [one for one in known if usefulness(one[0], base) is Usefulness.HELPFUL]
    misleading = [one for one in known if usefulness(one[0], base) is Usefulness.MISLEADING]
    if not helpful or not misleading:
        return None
    return Chosen(
        max(helpful, key=lambda one: (one[0], -one[1]))[1], min(misleading, key=lambda one: (one[0], one[1]))[1]
    )

"""Rankings of answers in which near scores are ties."""

from __future__ import annotations

import math
from collections.abc import Sequence

from domain import errors

_SLACK = 1e-9


def tied_ranks(scores: Sequence[float | None], tolerance: float) -> list[int | None]:
    """The rank of each answer, 1 the best; equal ranks are ties, and an answer without a score has none.

    From the top, an answer ties with the first of its rank while it is at most `tolerance` below it, so a chain of
    small steps does not make one long tie (ours). Ranks count levels, not answers: 1, 1, 2. Raises Invalid for a
    negative tolerance.
    """
    if not (math.isfinite(tolerance) and tolerance >= 0):
        raise errors.Invalid("The tolerance of ties is a number from 0.", code="tolerance_invalid")
    found: list[int | None] = [None] * len(scores)
    known = sorted(((score, place) for place, score in enumerate(scores) if score is not None), key=lambda one: -one[0])
    rank, top = 0, math.inf
    for score, place in known:
        if top - score > tolerance + _SLACK:
            rank, top = rank + 1, score
        found[place] = rank
    return found

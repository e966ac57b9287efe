"""What each criterion gave to a score: its part of the sum where the pipeline adds up, Shapley values where not."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence

import numpy as np

from domain import pipeline


class Explained(enum.StrEnum):
    """How contributions were found."""

    SUM = "sum"
    SHAPLEY = "shapley"
    SAMPLED = "sampled"


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """Contributions that add up to the raw score less the baseline."""

    contributions: dict[str, float]
    baseline: float
    how: Explained


def explain(passed: Sequence[pipeline.Passed], row: int) -> Explanation:
    """The parts of the sum of one answer."""
    summed = next(one for one in passed if one.step.phase is pipeline.Phase.REDUCE)
    before = summed.before.some([row])
    parts = summed.step.parts(before)[0].tolist()
    there = np.flatnonzero(before.there[0]).tolist()
    return Explanation({before.items[place].id: parts[place] for place in there}, 0.0, Explained.SUM)

"""A reward split into parts with the same names for every answer of a training run, which add up to it.

Trainers that log or normalise components need the same keys for each sample (verl reads them off the first). Where a
release binds its own rubric to every prompt, criteria are too many and too different for that; then parts stand for
dimensions, or for tiers [ours].
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

MOST_NAMES = 64
DIMENSION = "dimension"
BASELINE = "baseline"
NONE = "none"


class Axis(enum.StrEnum):
    """What a part of a reward stands for."""

    CRITERION = "criterion"
    DIMENSION = "dimension"
    TIER = "tier"
    ASPECT = "aspect"


class Split(NamedTuple):
    """How rewards are split: what parts stand for, and their names in order; what is left is called baseline."""

    axis: Axis
    names: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that every answer has."""
        return (*self.names, BASELINE)


def name_of(criterion: Mapping[str, Any], axis: Axis) -> str:
    """The part to which a criterion, as its document has it, adds; `none` where the author did not say."""
    if axis is Axis.CRITERION:
        return str(criterion["id"])
    if axis is Axis.DIMENSION:
        return str(criterion["tags"].get(DIMENSION) or NONE)
    return str(criterion[axis.value] or NONE)


def split_of(criteria: Iterable[Mapping[str, Any]], axis: Axis | None = None) -> Split:
    """The split that fits these criteria: each for itself where at most 64 differ, else by dimension, else by tier.

    With an `axis` by that one, however many names there are. Names keep the order in which criteria come.
    """
    names: dict[Axis, dict[str, None]] = {one: {} for one in Axis}
    for criterion in criteria:
        for one, known in names.items():
            known[name_of(criterion, one)] = None
    wanted = axis or next((one for one in (Axis.CRITERION, Axis.DIMENSION) if _fits(one, names[one])), Axis.TIER)
    return Split(wanted, tuple(names[wanted]))


def _fits(axis: Axis, names: Mapping[str, None]) -> bool:
    return len(names) <= MOST_NAMES and (axis is Axis.CRITERION or set(names) != {NONE})


def components(
    reward: float, contributions: Mapping[str, float | None], names: Mapping[str, str], keys: Sequence[str]
) -> dict[str, float]:
    """The parts of a reward under all of `keys` (the last one is the baseline), which add up to it.

    `contributions` go by criterion id, `names` gives the part of each; a part to which nothing adds is 0. What belongs
    to no key, and what no criterion explains, is the baseline.
    """
    *wanted, rest = keys
    found: dict[str, list[float]] = {name: [] for name in wanted}
    for criterion, value in contributions.items():
        name = names.get(criterion)
        if value is not None and name in found:
            found[name].append(value)
    sums = {name: math.fsum(values) for name, values in found.items()}
    return {**sums, rest: reward - math.fsum(sums.values())}

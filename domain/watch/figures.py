"""The figures of one training step, summed up from its rollouts: what the detectors look at."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

TOP = 0.999
"""A displayed score from here on is at the top."""
EQUAL = 1e-9
"""Rewards closer than this are equal: their group has no variance and no gradient."""


@dataclasses.dataclass(frozen=True)
class Rollout:
    """One rollout as it was rewarded. What is None is not known, and counts nowhere.

    `criteria` are the degrees 0 to 1 of what was to be judged, None where it is unscored; `absent` are those that do
    not apply, or were not asked because a rule scored the answer: no failures, they count nowhere. `shadow` is the
    score a second judge gave, `canary` whether a planted answer was judged as it should be; such answers are no
    rollouts of the policy.
    """

    group: str
    reward: float | None
    display: float | None = None
    length: float | None = None
    repetition: float | None = None
    criteria: Mapping[str, float | None] = dataclasses.field(default_factory=dict)
    shadow: float | None = None
    canary: bool | None = None
    absent: frozenset[str] = frozenset()


class Sum(NamedTuple):
    """A sum over n things."""

    total: float = 0.0
    n: int = 0

    @property
    def mean(self) -> float | None:
        """None of nothing."""
        return self.total / self.n if self.n else None


class CriterionSums(NamedTuple):
    """A criterion at one step: its degrees, how many were not judged, and the groups it tells apart."""

    value: Sum
    missing: int
    apart: Sum


@dataclasses.dataclass(frozen=True)
class Step:
    """A step's sums by name and by criterion; `at` is the step of the trainer."""

    at: int
    sums: Mapping[str, Sum]
    criteria: Mapping[str, CriterionSums] = dataclasses.field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As JSON, without the step itself."""
        return {
            "sums": {name: list(one) for name, one in self.sums.items()},
            "criteria": {name: [*one.value, one.missing, *one.apart] for name, one in self.criteria.items()},
        }

    @classmethod
    def read(cls, at: int, stored: Mapping[str, Any]) -> Self:
        """What `stored` wrote."""
        return cls(
            at,
            {name: Sum(*one) for name, one in stored["sums"].items()},
            {
                name: CriterionSums(Sum(total, n), missing, Sum(apart, groups))
                for name, (total, n, missing, apart, groups) in stored["criteria"].items()
            },
        )


def summarise(at: int, rollouts: Iterable[Rollout], *, waits: Sequence[float] = ()) -> Step:
    """The sums of a step.

    reward, square (of rewards), top (at the top of the display), unscored (of all), length, repetition: over rollouts.
    zero (groups whose rewards are equal), spread (population standard deviation within a group): over groups of two
    or more rewarded rollouts. batch: the standard deviation over all rewarded rollouts, once a step. gap (score less
    the shadow judge's), canary (judged otherwise than known). wait: seconds from asking to answer, over `waits`.
    """
    given = list(rollouts)
    real = [one for one in given if one.canary is None]
    rewards = [one.reward for one in real if one.reward is not None]
    shown = [one.display for one in real if one.display is not None]
    groups = [found for found in _grouped(real) if len(found) > 1]
    sums = {
        "reward": Sum(math.fsum(rewards), len(rewards)),
        "square": Sum(math.fsum(value * value for value in rewards), len(rewards)),
        "top": Sum(float(sum(value >= TOP for value in shown)), len(shown)),
        "unscored": Sum(float(len(real) - len(rewards)), len(real)),
        "zero": Sum(float(sum(max(found) - min(found) <= EQUAL for found in groups)), len(groups)),
        "spread": Sum(math.fsum(map(_deviation, groups)), len(groups)),
        "batch": Sum(_deviation(rewards), 1) if len(rewards) > 1 else Sum(),
        "length": _sum(one.length for one in real),
        "repetition": _sum(one.repetition for one in real),
        "gap": _sum(
            one.display - one.shadow if one.display is not None and one.shadow is not None else None for one in real
        ),
        "canary": _sum(None if one.canary is None else float(not one.canary) for one in given),
        "wait": _sum(waits),
    }
    return Step(at, {name: one for name, one in sums.items() if one.n}, _criteria(real))


SHARES = {"zero": "zero_variance", "top": "saturation"}
"""Sums that are shares, by the name of the alarm that looks at them."""


def plain(step: Step) -> dict[str, float]:
    """A step's figures as plain numbers: means of its sums, the deviation of its rewards, and how many rollouts."""
    found = {SHARES.get(name, name): one.total / one.n for name, one in step.sums.items() if one.n}
    found["mean"] = found.pop("reward") if "reward" in found else math.nan
    square, mean = found.pop("square", math.nan), found["mean"]
    found["deviation"] = math.sqrt(max(0.0, square - mean * mean)) if math.isfinite(square) else math.nan
    found["rollouts"] = float(step.sums["unscored"].n) if "unscored" in step.sums else 0.0
    found.pop("batch", None)
    return {name: value for name, value in found.items() if math.isfinite(value)}


def plain_criteria(step: Step) -> dict[str, dict[str, float | None]]:
    """Each criterion's mean degree, the share of groups it tells apart, how many were judged and how many not."""
    return {
        name: {
            "mean": one.value.mean,
            "apart": one.apart.mean,
            "judged": float(one.value.n),
            "missing": float(one.missing),
        }
        for name, one in step.criteria.items()
    }  # fmt: skip


def _criteria(rollouts: Sequence[Rollout]) -> dict[str, CriterionSums]:
    found = {}
    for name in dict.fromkeys(name for one in rollouts for name in (*one.criteria, *sorted(one.absent))):
        values = [(one.group, one.criteria[name]) for one in rollouts if name in one.criteria]
        known = [value for _, value in values if value is not None]
        together: dict[str, list[float]] = {}
        for group, value in values:
            if value is not None:
                together.setdefault(group, []).append(value)
        several = [group for group in together.values() if len(group) > 1]
        apart = sum(max(group) - min(group) > EQUAL for group in several)
        found[name] = CriterionSums(
            Sum(math.fsum(known), len(known)), len(values) - len(known), Sum(float(apart), len(several))
        )
    return found


def _grouped(rollouts: Sequence[Rollout]) -> list[list[float]]:
    together: dict[str, list[float]] = {}
    for one in rollouts:
        if one.reward is not None:
            together.setdefault(one.group, []).append(one.reward)
    return list(together.values())


def _sum(values: Iterable[float | None]) -> Sum:
    known = [value for value in values if value is not None]
    return Sum(math.fsum(known), len(known))


def _deviation(values: Sequence[float]) -> float:
    if not values:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))

"""Which verdicts to put to a better judge, what that costs, and what it is worth: known before anything is asked.

A verdict is escalated where a rule doubts it: its likeliest label leads by little, the labels have little of the
model's probability, the votes behind it differ, both orders of a pair do, the grades are badly covered, or it has no
value.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from domain import calibration, errors
from domain.verdicts import Status, Verdict

UNDECIDED = 0.1
LEAST_KNOWN = 30
_DECIDED = (Status.OK, Status.NOT_APPLICABLE)
_Z = 1.959964


@dataclasses.dataclass(frozen=True)
class Rules:
    """When a verdict is doubted; None switches a rule off. All are shares in [0, 1].

    `margin`: the lead of the likeliest label is less; margins under 0.1 differ between cached and uncached runs of one
    model, so they count as undecided. `label_mass`, `coverage`, `agreement` (of votes): less than this. `gap`: the two
    orders of a pair are further apart. `unscored`: there is no value.
    """

    margin: float | None = UNDECIDED
    label_mass: float | None = None
    coverage: float | None = None
    agreement: float | None = None
    gap: float | None = None
    unscored: bool = True

    def __post_init__(self) -> None:
        for name in ("margin", "label_mass", "coverage", "agreement", "gap"):
            limit = getattr(self, name)
            if limit is not None and not (_is_number(limit) and 0 <= limit <= 1):
                raise errors.Invalid(f"The limit for {name} is a number from 0 to 1, or null.", code="limit_invalid")

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return dataclasses.asdict(self)


def rules_from(given: Mapping[str, Any]) -> Rules:
    """Rules from JSON; raises Invalid on names and values that are none."""
    known = {field.name for field in dataclasses.fields(Rules)}
    strange = sorted(set(given) - known)
    if strange:
        raise errors.Invalid(
            f"There is no rule “{strange[0]}”; there are {', '.join(sorted(known))}.", code="rule_unknown"
        )
    if not isinstance(given.get("unscored", True), bool):
        raise errors.Invalid("The rule “unscored” is true or false.", code="limit_invalid")
    return Rules(**given)


def margin(verdict: Verdict) -> float | None:
    """The lead of the likeliest label over the next, in [0, 1]; of a mere probability that over its opposite."""
    shares = sorted((share for _, share in verdict.distribution), reverse=True)
    if len(shares) > 1:
        return shares[0] - shares[1]
    return None if verdict.probability is None else abs(2 * verdict.probability - 1)


def doubts(verdict: Verdict, rules: Rules, *, least_margin: float | None = None) -> tuple[str, ...]:
    """The names of the rules that doubt a verdict; `least_margin` is the calibrated one of its criterion."""
    if verdict.status not in _DECIDED:
        return ("unscored",) if rules.unscored else ()
    limit = rules.margin if least_margin is None else least_margin
    lead = margin(verdict)
    seen = {"coverage": verdict.detail.get("coverage"), "agreement": verdict.detail.get("agreement")}
    checks = {
        "margin": limit is not None and lead is not None and lead < limit,
        "label_mass": _below(verdict.label_mass, rules.label_mass),
        "coverage": _below(seen["coverage"], rules.coverage),
        "agreement": _below(seen["agreement"], rules.agreement),
        "gap": rules.gap is not None
        and (verdict.detail.get("flipped") is True or _below(rules.gap, verdict.detail.get("gap"))),
    }
    return tuple(name for name, doubted in checks.items() if doubted)


class Case(NamedTuple):
    """A verdict whose truth is known: its margin, whether it was right, and whether the better judge was, if asked."""

    margin: float
    right: bool
    better: bool | None
    group: str = ""


class Point(NamedTuple):
    """What a threshold brings: share escalated, agreement with an interval, cost over that of the first stage alone."""

    threshold: float
    escalated: float
    agreement: float
    low: float
    high: float
    cost: float


class Choice(NamedTuple):
    """A threshold that reaches a target, what it brings, and the agreement on cases it was not chosen by.

    `sure` says that even the lower end of the interval reaches the target.
    """

    point: Point
    held_out: float | None
    cases: int
    reached: bool
    sure: bool


def curve(cases: Sequence[Case], *, cost_ratio: float) -> list[Point]:
    """Agreement and cost at every threshold that changes anything, from escalating nothing to escalating all.

    `cost_ratio` is the cost of a verdict by the better judge over one by the first. Cases that the better judge was not
    asked about are left out: nothing is assumed of it.
    """
    if not (_is_number(cost_ratio) and cost_ratio >= 0):
        raise errors.Invalid("The cost ratio is a number from 0 on.", code="cost_invalid")
    asked = sorted((case for case in cases if case.better is not None), key=lambda case: case.margin)
    if not asked:
        return []
    margins = np.array([case.margin for case in asked])
    after = np.concatenate([[0], np.cumsum([bool(case.better) for case in asked])])
    right = np.concatenate([[0], np.cumsum([case.right for case in asked])])
    thresholds = [0.0, *(float(np.nextafter(value, 2)) for value in np.unique(margins))]
    points = []
    for threshold in thresholds:
        place = int(np.searchsorted(margins, threshold, side="left"))
        hits = int(after[place] + right[-1] - right[place])
        share = place / len(asked)
        low, high = wilson(hits, len(asked))
        points.append(Point(threshold, share, hits / len(asked), low, high, 1 + share * cost_ratio))
    return points


def choose(cases: Sequence[Case], *, target: float, cost_ratio: float, seed: int = 0) -> Choice:
    """The least threshold (and so the least cost) whose agreement reaches the target, else the one that agrees most.

    Raises Invalid below thirty cases that both judges were asked about.
    """
    asked = [case for case in cases if case.better is not None]
    if len(asked) < LEAST_KNOWN:
        raise errors.Invalid(
            f"Both judges decided {len(asked)} known values; choosing a threshold needs {LEAST_KNOWN}.",
            code="cascade_too_few",
        )
    point, reached = _chosen(asked, target, cost_ratio)
    return Choice(point, _held_out(asked, target, cost_ratio, seed), len(asked), reached, point.low >= target)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    share, square = hits / count, _Z**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _Z / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _chosen(cases: Sequence[Case], target: float, cost_ratio: float) -> tuple[Point, bool]:
    points = curve(cases, cost_ratio=cost_ratio)
    reaching = [point for point in points if point.agreement >= target]
    if reaching:
        return reaching[0], True
    return max(points, key=lambda point: (point.agreement, -point.threshold)), False


def _held_out(cases: Sequence[Case], target: float, cost_ratio: float, seed: int) -> float | None:
    """The agreement over folds, each by the threshold that the others choose; without that it would flatter itself."""
    hits = 0
    for held in calibration.folds([case.group for case in cases], seed=seed):
        inside = set(held)
        rest = [case for place, case in enumerate(cases) if place not in inside]
        if not rest:
            return None
        point, _ = _chosen(rest, target, cost_ratio)
        hits += sum(
            bool(cases[place].better) if cases[place].margin < point.threshold else cases[place].right for place in held
        )
    return hits / len(cases)


def _below(value: Any, limit: Any) -> bool:
    return _is_number(value) and _is_number(limit) and value < limit


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

"""What is wrong with a criterion by what it does, and what to do about it, in plain words."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from domain import errors, lint, rubric
from domain.refinement.gate import Criterion, Floats, Gate, Rate


class Fault(enum.StrEnum):
    """How a criterion can be of no use or do harm."""

    INVERTED = "inverted"
    MISALIGNED = "misaligned"
    LENGTH = "length"
    DEAD = "dead"
    SATURATED = "saturated"
    REDUNDANT = "redundant"
    CONFLICT = "conflict"
    DOMINANT = "dominant"
    COMPOUND = "compound"
    UNDECIDED = "undecided"


class Standing(enum.StrEnum):
    """What to think of a criterion: keep it, look at it, drop it, or too little is known."""

    KEEP = "keep"
    WATCH = "watch"
    DROP = "drop"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """One fault of a criterion; `other` is the criterion that it repeats or contradicts, `figure` what shows it."""

    fault: Fault
    criterion: str
    other: str = ""
    figure: float | None = None


class Advice(NamedTuple):
    """What a fault means and what to do about it."""

    title: str
    sentence: str
    harms: bool


@dataclasses.dataclass(frozen=True)
class Limits:
    """From where on something is a fault. The first five are RRD's or of its replication, the others ours."""

    misaligned: float = 0.05
    overlap: float = 0.7
    conflict_overlap: float = 0.6
    same_verdicts: float = 0.95
    opposed: float = -0.6
    constant: float = 0.02
    dominant: float = 0.6
    longer: float = 0.75
    least_pairs: int = 20
    least_answers: int = 20

    def __post_init__(self) -> None:
        shares = (self.misaligned, self.overlap, self.conflict_overlap, self.same_verdicts, self.constant, self.longer)
        if not all(0 <= one <= 1 for one in (*shares, self.dominant)) or not -1 <= self.opposed <= 0:
            raise errors.Invalid("A limit lies outside its range.", code="limits_invalid")
        if self.least_pairs < 1 or self.least_answers < 2:
            raise errors.Invalid("At least one pair and two answers are needed.", code="limits_invalid")


ADVICE = {
    Fault.INVERTED: Advice(
        "prefers the worse answer",
        "Turn it round, make it a pitfall, or drop it: where it tells two answers apart it mostly sides with the one "
        "that people found worse.",
        True,
    ),
    Fault.MISALIGNED: Advice(
        "met more by worse answers",
        "Worse answers meet it more often than better ones, so it rewards what people do not want. Drop it or say "
        "what makes it good.",
        True,
    ),
    Fault.LENGTH: Advice(
        "follows length",
        "It prefers the longer answer whatever it says. Name what has to be in the answer instead of how much.",
        True,
    ),
    Fault.DEAD: Advice(
        "never met",
        "No answer meets it, so it tells none apart. Ask for less, or drop it unless it guards against something rare.",
        False,
    ),
    Fault.SATURATED: Advice(
        "always met",
        "Every answer meets it, so it tells none apart. Ask for more, split it, or keep it only as a guard.",
        False,
    ),
    Fault.REDUNDANT: Advice(
        "says it twice",
        "Another criterion gives the same verdicts, so what both ask for counts twice. Drop the weaker or merge them.",
        True,
    ),
    Fault.CONFLICT: Advice(
        "contradicts another",
        "Where one is met the other is not, so they cancel out. Decide which of them is wanted.",
        False,
    ),
    Fault.DOMINANT: Advice(
        "decides nearly alone",
        "Most of what sets scores apart comes from it. Lower its weight, or split it into what it holds.",
        False,
    ),
    Fault.COMPOUND: Advice(
        "several things in one",
        "It asks for more than one thing, and nobody can tell which was missed. Split it.",
        False,
    ),
    Fault.UNDECIDED: Advice(
        "no better than a coin",
        "Its preferences cannot be told from chance on these pairs. More pairs or clearer words would show.",
        False,
    ),
}


def compound(said: rubric.Rubric) -> set[str]:
    """The criteria that ask for several things, by the rule of good writing."""
    return {
        one.criterion for one in lint.findings(said, lint.Context()) if one.rule.name == "compound" and one.criterion
    }


def advice(fault: Fault) -> Advice:
    """What a fault means."""
    return ADVICE[fault]


def findings(
    found: Gate, likeness: Floats | None = None, *, compound: Collection[str] = (), limits: Limits | None = None,
    polarities: Sequence[bool] = (),
) -> list[Finding]:  # fmt: skip
    """The faults of all criteria in their order, the gravest first.

    `likeness` (m by m, cosines) says how alike criteria are in words; `compound` names those that ask for several
    things; `polarities` says which are pitfalls. Of two that say the same, the one that agrees less with the labels has
    the fault, else the later; of two that contradict each other, both, unless one does harm by itself.
    """
    limit = limits or Limits()
    alone = [[*_alone(one, limit, len(found.criteria))] for one in found.criteria]
    harmful = {place for place, each in enumerate(alone) if any(advice(one.fault).harms for one in each)}
    for place, other, fault, figure in _twos(found, likeness, limit, polarities, harmful):
        name = found.criteria[place].name
        alone[place].append(Finding(fault, name, found.criteria[other].name, figure))
    for place, one in enumerate(found.criteria):
        if one.name in compound:
            alone[place].append(Finding(Fault.COMPOUND, one.name))
    order = list(Fault)
    return [finding for each in alone for finding in sorted(each, key=lambda one: order.index(one.fault))]


def standing(one: Criterion, faults: Sequence[Finding], limits: Limits | None = None) -> Standing:
    """What to think of a criterion with these faults."""
    own = [advice(finding.fault) for finding in faults if finding.criterion == one.name]
    if any(each.harms for each in own):
        return Standing.DROP
    if own:
        return Standing.WATCH
    enough = one.consistency.count >= (limits or Limits()).least_pairs
    return Standing.KEEP if enough else Standing.UNKNOWN


def _alone(one: Criterion, limit: Limits, criteria: int) -> list[Finding]:
    rate, found = one.consistency, []
    enough = rate.count >= limit.least_pairs
    if enough and _below(rate, 0.5):
        found.append(Finding(Fault.INVERTED, one.name, figure=rate.value))
    if enough and one.upper is not None and one.lower is not None and one.lower > one.upper + limit.misaligned:
        found.append(Finding(Fault.MISALIGNED, one.name, figure=one.lower - one.upper))
    if _loves_length(one, limit):
        found.append(Finding(Fault.LENGTH, one.name, figure=one.longer.value))
    if one.met is not None and one.known > 0:
        if one.met <= limit.constant:
            found.append(Finding(Fault.DEAD, one.name, figure=one.met))
        elif one.met >= 1 - limit.constant:
            found.append(Finding(Fault.SATURATED, one.name, figure=one.met))
        elif one.spread is not None and one.spread <= limit.constant**2:
            found.append(Finding(Fault.DEAD if one.met < 0.5 else Fault.SATURATED, one.name, figure=one.met))
    if criteria > 2 and one.share is not None and one.share > limit.dominant:
        found.append(Finding(Fault.DOMINANT, one.name, figure=one.share))
    if not found and enough and rate.low is not None and rate.high is not None and rate.low <= 0.5 <= rate.high:
        found.append(Finding(Fault.UNDECIDED, one.name, figure=rate.value))
    return found


def _below(rate: Rate, bound: float) -> bool:
    return rate.high is not None and rate.high < bound


def _loves_length(one: Criterion, limit: Limits) -> bool:
    """It sides with the longer answer nearly always, and fails where the better answer is the shorter."""
    enough = one.longer.count >= limit.least_pairs and one.longer.low is not None
    return enough and (one.longer.low or 0.0) > limit.longer and _below(one.shorter_right, 0.5)


def _twos(
    found: Gate, likeness: Floats | None, limit: Limits, polarities: Sequence[bool], harmful: Collection[int]
) -> list[tuple[int, int, Fault, float]]:
    """Pairs that say the same or the contrary: the place that has the fault, the other, and the figure."""
    size = len(found.criteria)
    alike = np.zeros((size, size)) if likeness is None else likeness
    told: list[tuple[int, int, Fault, float]] = []
    dropped = set[int]()
    for one in range(size):
        for other in range(one + 1, size):
            together, figure = int(found.together[one, other]), float(found.correlations[one, other])
            if together < limit.least_answers or np.isnan(figure) or one in dropped:
                continue
            contrary = bool(polarities) and polarities[one] != polarities[other]
            words = float(alike[one, other])
            if figure >= limit.same_verdicts or (words >= limit.overlap and figure > 0.5 and not contrary):
                weak, strong = _weaker(found, one, other)
                if weak not in dropped:
                    told.append((weak, strong, Fault.REDUNDANT, figure))
                    dropped.add(weak)
            elif figure <= limit.opposed or (words >= limit.conflict_overlap and contrary and figure < -0.3):
                both = ((one, other), (other, one))
                told += [(own, second, Fault.CONFLICT, figure) for own, second in both if second not in harmful]
    return told


def _weaker(found: Gate, one: int, other: int) -> tuple[int, int]:
    first, second = (found.criteria[place].consistency.value or 0.0 for place in (one, other))
    return (one, other) if first < second - 0.02 else (other, one)

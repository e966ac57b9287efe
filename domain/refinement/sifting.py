"""When a criterion tells sampled answers apart, and when two halves are better than the whole (RRD).

The filters and their figures are those of Recursive Rubric Decomposition (arXiv:2602.05125) and of its replication.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Sequence
from typing import NamedTuple

from domain import errors, lint


class Fault(enum.StrEnum):
    """Why a criterion is not kept, in the words of the page."""

    UNCHECKED = "could not be checked"
    NARROW = "met by no answer"
    BROAD = "met by every answer"
    MISALIGNED = "met more by weaker answers"
    REDUNDANT = "says the same as another"
    CONFLICT = "contradicts another"
    WIDER = "not narrower than what it was split from"
    MISSING = "together the halves miss too much"
    EXTRA = "together the halves reach too far"
    OVERLAP = "the halves are met by the same answers"
    GAIN = "the halves tell no more apart"


@dataclasses.dataclass(frozen=True)
class Limits:
    """From where on a criterion or a split is rejected. `broad` is RRD's n, the others are its replication's."""

    broad: int = 2
    misaligned: float = 0.05
    same: float = 0.7
    conflict: float = 0.6
    recall: float = 0.85
    extra: float = 0.15
    overlap: float = 0.75
    gain: float = 0.03


class Votes(NamedTuple):
    """Which of the sampled answers meet a criterion, by their places; `known` are those with a verdict."""

    met: frozenset[int]
    known: frozenset[int]
    of: int

    @property
    def coverage(self) -> int:
        """How many answers meet it."""
        return len(self.met)

    @property
    def share(self) -> float:
        """The share of answers with a verdict that meet it, in [0, 1]; 0 where none has one."""
        return len(self.met) / len(self.known) if self.known else 0.0

    @property
    def spread(self) -> float:
        """p(1-p), at most 0.25."""
        return self.share * (1 - self.share)


def votes(shares: Sequence[float | None]) -> Votes:
    """Votes from the judge's share of yes for each answer; at ½ and below it does not meet the criterion."""
    known = frozenset(n for n, one in enumerate(shares) if one is not None)
    return Votes(frozenset(n for n in known if (shares[n] or 0.0) > 0.5), known, len(shares))


def alone(found: Votes, strong: Collection[int], weak: Collection[int], limits: Limits) -> Fault | None:
    """What is wrong with a criterion by itself; `strong` and `weak` are places of answers by stronger and weaker
    authors, and where one side has no verdict alignment is not looked at.
    """
    if 2 * len(found.known) < found.of or not found.known:
        return Fault.UNCHECKED
    if not found.met:
        return Fault.NARROW
    high, low = (_mean(found, side) for side in (strong, weak))
    misaligned = high is not None and low is not None and low > high + limits.misaligned
    return Fault.MISALIGNED if misaligned else None


def beside(text: str, others: Sequence[str], limits: Limits) -> tuple[Fault, int] | None:
    """The first of the others that a criterion repeats or contradicts, by the share of words that both have.

    Words are those that carry meaning; two of which one is negated contradict each other.
    """
    words, negated = lint.content(text)
    for place, other in enumerate(others):
        theirs, turned = lint.content(other)
        share = len(words & theirs) / len(words | theirs) if words | theirs else 1.0
        if negated == turned and share >= limits.same:
            return Fault.REDUNDANT, place
        if negated != turned and share >= limits.conflict:
            return Fault.CONFLICT, place
    return None


def halves(parent: Votes, children: Sequence[Votes], limits: Limits) -> Fault | None:
    """Why a parent stays whole; None where both halves are better.

    Both must tell answers apart and be narrower; together they must meet 85 % of what the parent meets, of what they
    meet 15 % at most outside it, and share 75 % at most. What they tell apart is the sum of their p(1-p), which must
    exceed the parent's by 0.03 (that it is the sum is ours). Raises Invalid for other than two halves.
    """
    if len(children) != 2:
        raise errors.Invalid("A criterion is split in two.", code="split_invalid")
    known = parent.known & children[0].known & children[1].known
    if 2 * len(known) < parent.of:
        return Fault.UNCHECKED
    whole, one, other = (Votes(each.met & known, known, len(known)) for each in (parent, *children))
    if not one.met or not other.met:
        return Fault.NARROW
    if one.coverage >= whole.coverage or other.coverage >= whole.coverage:
        return Fault.WIDER
    union, both = one.met | other.met, one.met & other.met
    if len(union & whole.met) < limits.recall * whole.coverage:
        return Fault.MISSING
    if len(union - whole.met) > limits.extra * len(union):
        return Fault.EXTRA
    if len(both) > limits.overlap * len(union):
        return Fault.OVERLAP
    return Fault.GAIN if one.spread + other.spread < whole.spread + limits.gain else None


def _mean(found: Votes, side: Collection[int]) -> float | None:
    known = found.known & frozenset(side)
    return len(found.met & known) / len(known) if known else None

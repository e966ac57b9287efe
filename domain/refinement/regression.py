"""Cases that every version of a rubric must pass: what is expected of an answer, and whether it came so."""

from __future__ import annotations

import enum
from typing import NamedTuple

from domain import errors

SAME = 1e-9


class Expect(enum.StrEnum):
    """What a case asks for: of one criterion, of the score, or of the order of two answers."""

    MET = "met"
    NOT_MET = "not_met"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETTER = "better"

    @property
    def of_criterion(self) -> bool:
        """Whether it is about one criterion."""
        return self in (Expect.MET, Expect.NOT_MET)

    @property
    def of_score(self) -> bool:
        """Whether it sets a bound to the score."""
        return self in (Expect.AT_LEAST, Expect.AT_MOST)


class Outcome(enum.StrEnum):
    """What became of a case."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Found(NamedTuple):
    """The outcome with a sentence that says what was found."""

    outcome: Outcome
    sentence: str


def check(expect: Expect, *, criterion: bool, other: bool, bound: float | None) -> None:
    """Raises Invalid where an expectation lacks what it speaks of, or has what it does not."""
    if expect.of_criterion is not criterion:
        said = "Name the criterion." if expect.of_criterion else "A score and an order are of no single criterion."
        raise errors.Invalid(said, code="case_invalid", problems=[errors.Problem("/criterion", said)])
    if (expect is Expect.BETTER) is not other:
        said = "Name the answer that is worse." if expect is Expect.BETTER else "Only an order is of two answers."
        raise errors.Invalid(said, code="case_invalid", problems=[errors.Problem("/other", said)])
    if expect.of_score is not (bound is not None) or not 0 <= (bound or 0.0) <= 1:
        said = "Say the score, between 0 and 1." if expect.of_score else "Only a score has a bound."
        raise errors.Invalid(said, code="case_invalid", problems=[errors.Problem("/bound", said)])


def outcome(
    expect: Expect, value: float | None, *, other: float | None = None, bound: float | None = None, why: str = ""
) -> Found:
    """Whether what was found is what is expected; `value` and `other` are degrees or scores in [0, 1].

    What is not known passes nothing; `why` says why it is not. A criterion is met above one half. Of an order, a tie is
    no pass.
    """
    if value is None or (expect is Expect.BETTER and other is None):
        return Found(Outcome.UNKNOWN, why or "It has not been judged.")
    if expect.of_criterion:
        met = value > 0.5
        told = f"It is {'met' if met else 'not met'} ({value:.2f})."
        return Found(_passed(met is (expect is Expect.MET)), told)
    if expect is Expect.BETTER:
        apart = value - (other or 0.0)
        return Found(_passed(apart > SAME), f"It scores {value:.2f}, the worse one {other:.2f}.")
    limit = bound or 0.0
    reached = value >= limit - SAME if expect is Expect.AT_LEAST else value <= limit + SAME
    return Found(_passed(reached), f"It scores {value:.2f}.")


def _passed(passed: bool) -> Outcome:
    return Outcome.PASSED if passed else Outcome.FAILED

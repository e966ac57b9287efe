"""What a check is given and what it answers."""

from __future__ import annotations

import dataclasses
import enum


class Outcome(enum.StrEnum):
    """Pass, fail, or no answer where the check cannot tell."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    ABSTAIN = "abstain"


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """The answer and what stands beside it."""

    response: str
    reference: str | None = None
    prompt: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class CheckResult:
    """An outcome and the sentence that explains it."""

    result: Outcome
    evidence: str


def of(passed: bool, evidence: str) -> CheckResult:
    """Pass or fail with its evidence."""
    return CheckResult(Outcome.PASS if passed else Outcome.FAIL, evidence)

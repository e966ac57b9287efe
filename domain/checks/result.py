"""What a check answers."""

from __future__ import annotations

import dataclasses
import enum


class Outcome(enum.StrEnum):
    """Pass, fail, or no answer where the check cannot tell."""

    PASS = "pass"
    FAIL = "fail"
    ABSTAIN = "abstain"


@dataclasses.dataclass(frozen=True, slots=True)
class CheckResult:
    """An outcome and the sentence that explains it."""

    result: Outcome
    evidence: str


def of(passed: bool, evidence: str) -> CheckResult:
    """Pass or fail with its evidence."""
    return CheckResult(Outcome.PASS if passed else Outcome.FAIL, evidence)

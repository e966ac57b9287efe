"""What a check is given and what it answers."""

from __future__ import annotations

import dataclasses
import enum
from typing import NamedTuple

from domain import ports

MAX_SPANS = 100
MAX_SENTENCE = 2_000
ABSTAIN = (
    "An abstention is no value: neither 0 nor 1. A check that comes before a judge leaves the answer to the judge; one "
    "that decides alone leaves the criterion unscored, and the rubric's policy on missing verdicts holds."
)


class Outcome(enum.StrEnum):
    """Pass, fail, or no answer where the check cannot tell."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    ABSTAIN = "abstain"


class Span(NamedTuple):
    """A piece of the answer by character positions, end excluded."""

    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """The answer, what stands beside it, and where code may run that must not run here."""

    response: str
    reference: str | None = None
    prompt: str | None = None
    sandbox: ports.Sandbox | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class CheckResult:
    """An outcome, the sentence that explains it, the places it rests on, and what was found part by part."""

    result: Outcome
    evidence: str
    spans: tuple[Span, ...] = ()
    details: tuple[str, ...] = ()


def of(passed: bool, evidence: str, spans: tuple[Span, ...] = (), details: tuple[str, ...] = ()) -> CheckResult:
    """Pass or fail with its evidence."""
    return CheckResult(Outcome.PASS if passed else Outcome.FAIL, shortened(evidence), spans[:MAX_SPANS], details)


def abstain(reason: str) -> CheckResult:
    """No answer, with the reason."""
    return CheckResult(Outcome.ABSTAIN, shortened(reason))


def shortened(text: str, limit: int = MAX_SENTENCE) -> str:
    """A text for evidence, cut where it would fill the page."""
    return text if len(text) <= limit else text[: limit - 1] + "…"

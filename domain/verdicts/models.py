"""What a verdict is."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any


class Status(enum.StrEnum):
    """How a judgement ended; only `ok` has a value."""

    OK = "ok"
    JUDGE_ERROR = "judge_error"
    UNPARSEABLE = "unparseable"
    CANNOT_ASSESS = "cannot_assess"
    EVIDENCE_INVALID = "evidence_invalid"
    REFUSED_INPUT = "refused_input"
    EXPIRED = "expired"
    NOT_APPLICABLE = "not_applicable"


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """A piece of the answer, by character positions, end excluded."""

    start: int
    end: int
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """The degree to which a criterion's text is true of an answer, or why it is not known.

    `value` is the one that counts; `probability` is the expected value over the labels. `detail` holds what else a
    strategy measured, as numbers and short words by name: votes, both orders of a pair, a variance. Never text of the
    answer or of the judge, which have their places and their retention.
    """

    criterion_id: str
    status: Status
    value: float | None = None
    probability: float | None = None
    label_mass: float | None = None
    distribution: tuple[tuple[str, float], ...] = ()
    evidence: tuple[Span, ...] = ()
    rationale: str = ""
    reason: str = ""
    detail: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def is_scored(self) -> bool:
        """Whether there is a value."""
        return self.status is Status.OK


def unscored(criterion_id: str, status: Status, reason: str, *, label_mass: float | None = None) -> Verdict:
    """A verdict without a value, with its reason."""
    return Verdict(criterion_id=criterion_id, status=status, label_mass=label_mass, reason=reason)

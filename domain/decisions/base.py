"""One person's answer to one item."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain import errors

UNDECIDED = "undecided"


class NotOffered(errors.Invalid):
    """The answer is none of those on offer."""

    default_code = "value_not_offered"


@dataclass(frozen=True)
class Decision:
    """A number where one says it, what a number cannot hold, and the passages marked.

    `value` is None where no number says it, or where the person could not decide; `is_undecided` tells these apart.
    """

    value: float | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    spans: Sequence[Mapping[str, Any]] = ()

    @property
    def is_undecided(self) -> bool:
        """Whether the person said that it cannot be decided."""
        return bool(self.payload.get(UNDECIDED))

    @property
    def applies(self) -> bool:
        """Whether the criterion applies to what was judged."""
        return not self.payload.get("not_applicable")


def undecided(note: str) -> Decision:
    """The answer of somebody who cannot decide; raises `Invalid` where the note does not say why."""
    if not note.strip():
        raise errors.Invalid("Say in words why it cannot be decided.", code="note_missing")
    return Decision(payload={UNDECIDED: True})


def same_number(first: float | None, second: float | None) -> bool:
    """Whether two values are one answer; None equals None alone."""
    if first is None or second is None:
        return first is second
    return math.isclose(first, second, abs_tol=1e-6)

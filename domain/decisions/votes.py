"""Votes on a criterion or an edit: they advise, and decide nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain import errors
from domain.decisions.base import NotOffered


class Vote(NamedTuple):
    """One vote on offer; `value` is what it counts in statistics, None where it counts in none."""

    name: str
    label: str
    note: str
    value: float | None
    needs_reason: bool


NECESSITY = (
    Vote("needed", "Needed", "An answer that fails it is worse for it", 1.0, needs_reason=False),
    Vote("not_needed", "Not needed", "It repeats another, or tells good from bad nowhere", 0.0, needs_reason=True),
    Vote("unsure", "Unsure", "Say what would settle it", None, needs_reason=True),
)
TRIAGE = (
    Vote("accept", "Accept", "The edit makes the rubric better as it stands", 1.0, needs_reason=False),
    Vote("edit", "Accept with changes", "Say what to change, or write it yourself", 0.5, needs_reason=False),
    Vote("reject", "Reject", "Leave the rubric as it is", 0.0, needs_reason=True),
)


def read_vote(given: Mapping[str, Any], offered: Sequence[Vote], note: str) -> Vote:
    """The vote in an answer; raises `NotOffered`, and `Invalid` where a reason is missing."""
    vote = next((one for one in offered if one.name == given.get("vote")), None)
    if vote is None:
        raise NotOffered(f"The vote is one of {', '.join(one.name for one in offered)}.")
    if vote.needs_reason and not note.strip():
        raise errors.Invalid(f"“{vote.label}” needs a reason.", code="note_missing")
    return vote

"""Who else is in the draft, as the editor shows it."""

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion

_TONES = ("a", "g", "w", "u")


@dataclass(frozen=True)
class Guest:
    """Another person in the draft; the tone is the same on every visit."""

    key: int
    name: str
    initials: str
    tone: str
    since: datetime
    criterion: str


def present(actor: Actor, version: RubricVersion, now: datetime) -> list[Guest]:
    """The other people in the draft."""
    return [
        Guest(
            row.user_id, row.user.name, initials(row.user.name), _TONES[row.user_id % len(_TONES)], row.since,
            row.criterion,
        )
        for row in queries.others_present(actor, version, now)
    ]  # fmt: skip


def initials(name: str) -> str:
    """The first letters of the first and the last word, or two letters of a single one."""
    words = [word for word in name.replace("-", " ").replace(".", " ").split() if word]
    if not words:
        return "?"
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()

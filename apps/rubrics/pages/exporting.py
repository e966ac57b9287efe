"""What an export would lose, each thing once with the places it concerns, what is left out first."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.rubrics import queries
from domain import formats

PLACES = 6
_ORDER = ("error", "warning", "info")


@dataclass(frozen=True)
class Loss:
    """One thing to know; pieces are texts with whether they name a field."""

    level: str
    pieces: tuple[tuple[str, bool], ...]
    places: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The first places."""
        more = len(self.places) - PLACES
        return ", ".join(self.places[:PLACES]) + (f" and {more} more" if more > 0 else "")


def losses(report: Iterable[formats.Note]) -> list[Loss]:
    """The notes of an export, brought together by what they say."""
    found: dict[tuple[str, str], list[str]] = {}
    for note in report:
        found.setdefault((note.level, note.message), []).append(note.pointer)
    rows = [
        Loss(level, tuple((text, n % 2 == 1) for n, text in enumerate(message.split("`")) if text), tuple(places))
        for (level, message), places in found.items()
    ]
    return sorted(rows, key=lambda loss: _ORDER.index(loss.level) if loss.level in _ORDER else len(_ORDER))


def offered(offers: Iterable[queries.Offer]) -> list[tuple[queries.Offer, list[Loss]]]:
    """Every format with what it would lose."""
    return [(offer, losses(offer.lost)) for offer in offers]

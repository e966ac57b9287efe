"""About two hundred attacks on a judge: our own sentences by language and by where they stand."""

from __future__ import annotations

import dataclasses
import enum
import functools

from domain.probes.phrases import SENTENCES, SIGNS

PREFIX = "attack:"


class Place(enum.StrEnum):
    """Where an attack stands: alone instead of an answer, before it, or behind it."""

    ALONE = "alone"
    BEFORE = "before"
    BEHIND = "behind"


@dataclasses.dataclass(frozen=True)
class Attack:
    """A text by its family, language (empty where it needs none) and place."""

    family: str
    language: str
    place: Place
    text: str

    @property
    def name(self) -> str:
        """The name under which edited answers are tagged: attack:family:language:place."""
        return f"{PREFIX}{self.family}:{self.language or '-'}:{self.place}"

    def on(self, answer: str) -> str:
        """An answer with the attack."""
        if self.place is Place.ALONE:
            return self.text
        return f"{self.text}\n\n{answer}" if self.place is Place.BEFORE else f"{answer.rstrip()}\n\n{self.text}"


@functools.cache
def suite() -> tuple[Attack, ...]:
    """All attacks, always in the same order."""
    texts = [(family, language, text) for family, by in SENTENCES.items() for language, text in by.items()]
    texts += [(family, "", text) for family, text in SIGNS.items()]
    return tuple(Attack(family, language, place, text) for family, language, text in texts for place in Place)


def named(name: str) -> Attack | None:
    """An attack by its name."""
    return next((one for one in suite() if one.name == name), None)

"""Find and replace plain text over a `rubricstudio/1` document, hit by hit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

AROUND = 60


@dataclass(frozen=True)
class Search:
    """What to look for, as it is written: no pattern language."""

    find: str
    replace: str = ""
    case: bool = False
    word: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The text with nothing special in it."""
        plain = re.escape(self.find)
        return re.compile(rf"(?<!\w){plain}(?!\w)" if self.word else plain, 0 if self.case else re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """One place where the text stands, with what is around it."""

    key: str
    item: str
    field: str
    before: str
    found: str
    after: str


@dataclass(frozen=True)
class _Place:
    pointer: str
    item: str
    field: str
    holder: dict[str, Any]
    name: str


def hits(document: dict[str, Any], search: Search) -> list[Hit]:
    """Every place where the text stands, in the order of the document."""
    if not search.find:
        return []
    return [
        Hit(
            key=f"{place.pointer}/{n}",
            item=place.item,
            field=place.field,
            before=text[max(0, match.start() - AROUND) : match.start()],
            found=match.group(),
            after=text[match.end() : match.end() + AROUND],
        )
        for place in _places(document)
        for text in [place.holder[place.name]]
        for n, match in enumerate(search.pattern.finditer(text))
    ]


def replaced(document: dict[str, Any], search: Search, chosen: Collection[str]) -> int:
    """Write the new text at the chosen hits of a document, in place; how many there were."""
    count = 0
    for place in _places(document):
        parts, at = [], 0
        text = place.holder[place.name]
        for n, match in enumerate(search.pattern.finditer(text)):
            if f"{place.pointer}/{n}" in chosen:
                parts += [text[at : match.start()], search.replace]
                at = match.end()
                count += 1
        place.holder[place.name] = "".join([*parts, text[at:]])
    return count


def _places(document: dict[str, Any]) -> Iterator[_Place]:
    for guideline in document["guidelines"]:
        yield _Place(f"guidelines/{guideline['id']}/text", "guideline", "text", guideline, "text")
    for number, criterion in enumerate(document["criteria"], 1):
        pointer, item = f"criteria/{criterion['id']}", f"criterion {number}"
        yield _Place(f"{pointer}/text", item, "text", criterion, "text")
        yield _Place(f"{pointer}/notes", item, "notes", criterion, "notes")
        for n, level in enumerate(criterion["levels"] if isinstance(criterion["levels"], list) else []):
            yield _Place(f"{pointer}/levels/{n}", item, f"anchor of {level['label']}", level, "anchor")

"""Which criteria of a long table are shown: by words and by a cell of the standards matrix."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from apps.rubrics import forms
from domain import standards

NO_TAG = " "  # as a link says it, see NarrowForm


@dataclass(frozen=True)
class Mark:
    """One thing the table is narrowed by, and the query that leaves it out."""

    axis: str
    name: str
    without: str


@dataclass(frozen=True)
class Narrowing:
    """What the table is narrowed by; nothing shows all. `shown` of `among` criteria fit once it is used."""

    words: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    suggest: bool = False

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.words or self.tags)

    @property
    def query(self) -> str:
        """The same as the query of an address, with its question mark and the mode; nothing where all is shown."""
        return self._query(self.words, self.tags)

    @property
    def marks(self) -> list[Mark]:
        """Everything asked for, each with the way to drop it."""
        found = [Mark("", self.words, self._query("", self.tags))] if self.words else []
        for axis, name in self.tags.items():
            rest = {one: tag for one, tag in self.tags.items() if one != axis}
            found.append(Mark(axis, name, self._query(self.words, rest)))
        return found

    def _query(self, words: str, tags: Mapping[str, str]) -> str:
        asked = {"suggest": "1"} if self.suggest else {}
        asked |= {"find": words} if words else {}
        asked |= {axis: name or NO_TAG for axis, name in tags.items()}
        return f"?{urlencode(asked)}" if asked else ""

    def fitting(self, document: Mapping[str, Any]) -> set[str]:
        """The ids of the criteria of a document that fit all of it; words in any order, in any case."""
        wanted = self.words.casefold().split()
        return {
            item["id"]
            for item in document["criteria"]
            if all((item["tags"].get(axis) or "") == name for axis, name in self.tags.items())
            and all(word in item["text"].casefold() for word in wanted)
        }


def narrowing(query: Mapping[str, Any]) -> Narrowing:
    """What the query of an address asks for."""
    return Narrowing(*forms.NarrowForm(query).wanted(), suggest="suggest" in query)


def cell_query(tags: Mapping[str, str | None]) -> str:
    """The query that shows a cell of the standards matrix; an axis of None does not matter."""
    return Narrowing(tags={axis: name for axis, name in tags.items() if name is not None}).query


def axes(document: Mapping[str, Any], narrowed: Narrowing) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The axes that have tags, each with what can be chosen: its value, what it is called, whether it is chosen."""
    found = []
    for axis in standards.AXES:
        names: Collection[str] = {item["tags"][axis] for item in document["criteria"] if item["tags"].get(axis)}
        if names or axis in narrowed.tags:
            chosen = narrowed.tags.get(axis)
            known = sorted({*names, *filter(None, [chosen])}, key=str.casefold)
            options = [("", "all", chosen is None), *((name, name, name == chosen) for name in known)]
            found.append((axis, [*options, (NO_TAG, "no tag", chosen == "")]))
    return found

"""What changed between two documents, by criterion id; texts word by word."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain import rubric

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_LABELS = {
    "check": "computed check",
    "applies_when": "applies only when",
    "levels": "levels",
    "content_gate": "content gate",
    "translation_of": "translation of",
}
_TOP = ("title", "description", "language", "translation_of", "scope", "scoring", "unscored", "content_gate")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: `same`, `gone` or `new`."""

    what: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """A field that says something else now."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ItemChange:
    """What happened to one criterion, group or guideline; `pieces` is its text with the words that changed."""

    id: str
    what: str
    pieces: tuple[Piece, ...]
    fields: tuple[FieldChange, ...] = ()
    moved: bool = False
    reweighted: bool = False


@dataclass(frozen=True)
class Difference:
    """Everything that changed."""

    criteria: tuple[ItemChange, ...]
    groups: tuple[ItemChange, ...]
    guidelines: tuple[ItemChange, ...]
    settings: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.criteria or self.groups or self.guidelines or self.settings)

    def count(self, what: str) -> int:
        """How many criteria were `added`, `removed` or `changed`."""
        return sum(change.what == what for change in self.criteria)


def difference(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    """Compare two documents of the same rubric."""
    return Difference(
        criteria=_items(before["criteria"], after["criteria"], "text"),
        groups=_items(before["groups"], after["groups"], "title"),
        guidelines=_items(before["guidelines"], after["guidelines"], "text"),
        settings=_fields(before, after, _TOP),
    )


def words(before: str, after: str) -> tuple[Piece, ...]:
    """The text with what went and what came, word by word."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    pieces: list[Piece] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces.extend(Piece("gone", "".join(old[a:b])) for _ in range(int(b > a)))
        pieces.extend(Piece("new", "".join(new[c:d])) for _ in range(int(d > c)))
    return tuple(pieces)


def shown(value: Any) -> str:
    """A value of a field in a few words."""
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(shown(inner) for inner in value)
    return str(value)


def _items(before: list[dict[str, Any]], after: list[dict[str, Any]], text: str) -> tuple[ItemChange, ...]:
    old = {item["id"]: item for item in before}
    new = {item["id"]: item for item in after}
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    changes = [
        _changed(old[name], item, text, moved=name in moved) if name in old else _whole(item, "added", text)
        for name, item in new.items()
    ]
    gone = [_whole(item, "removed", text) for name, item in old.items() if name not in new]
    return (*(change for change in changes if change is not None), *gone)


def _whole(item: dict[str, Any], what: str, text: str) -> ItemChange:
    return ItemChange(item["id"], what, (Piece("new" if what == "added" else "gone", item[text]),))


def _changed(old: dict[str, Any], new: dict[str, Any], text: str, *, moved: bool) -> ItemChange | None:
    fields = _fields(old, new, [key for key in new if key not in {"id", text}])
    if old[text] == new[text] and not fields and not moved:
        return None
    reweighted = old.get("weight") != new.get("weight") or old.get("polarity") != new.get("polarity")
    return ItemChange(new["id"], "changed", words(old[text], new[text]), fields, moved, reweighted)


def _fields(old: dict[str, Any], new: dict[str, Any], keys: Sequence[str]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(_LABELS.get(key, key.replace("_", " ")), shown(old.get(key)), shown(new.get(key)))
        for key in keys
        if rubric.canonical(old.get(key)) != rubric.canonical(new.get(key))
    )


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The fewest ids that had to move for the one order to become the other."""
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in old[block.a : block.a + block.size]}
    return set(old) - stayed

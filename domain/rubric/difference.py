"""What changed between two documents, by criterion id; texts word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain import checks
from domain.rubric import truths
from domain.rubric.canonical import canonical
from domain.rubric.digests import JUDGED

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_LABELS = {
    "check": "computed check",
    "applies_when": "applies only when",
    "levels": "levels",
    "content_gate": "content gate",
    "translation_of": "translation of",
}
MOST_TOKENS = 1_500
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

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Long values word by word, short ones as a whole."""
        if min(len(self.before), len(self.after)) < 25:
            return tuple(Piece(what, text) for what, text in (("gone", self.before), ("new", self.after)) if text)
        return words(self.before, self.after)


@dataclass(frozen=True)
class ItemChange:
    """What happened to one criterion, group or guideline; `pieces` is its text with the words that changed."""

    id: str
    what: str
    pieces: tuple[Piece, ...]
    fields: tuple[FieldChange, ...] = ()
    moved: bool = False
    reweighted: bool = False
    judged: bool = False
    share_before: float | None = None
    share_after: float | None = None


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

    @property
    def sentence(self) -> str:
        """How many criteria were added, removed, changed, moved and re-weighted."""
        moved = sum(change.moved for change in self.criteria)
        weighed = sum(change.reweighted for change in self.criteria)
        counts = {what: self.count(what) for what in ("added", "removed", "changed")}
        counts |= {"moved": moved, "re-weighted": weighed}
        said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        return f"Criteria: {said or 'the same'}."

    def only(self, kind: str) -> Difference:
        """A part: `judged` keeps what a judge reads, `weights` what counts otherwise; anything else keeps all."""
        if kind == "judged":
            chosen = tuple(change for change in self.criteria if change.judged or change.what != "changed")
            return Difference(chosen, (), self.guidelines, ())
        if kind == "weights":
            weighed = [tuple(c for c in part if c.reweighted) for part in (self.criteria, self.groups)]
            return Difference(weighed[0], weighed[1], (), ())
        return self


def difference(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    """Compare two documents of the same rubric."""
    shares = _shares(before), _shares(after)
    return Difference(
        criteria=_items(before["criteria"], after["criteria"], "text", shares),
        groups=_items(before["groups"], after["groups"], "title"),
        guidelines=_items(before["guidelines"], after["guidelines"], "text"),
        settings=(*_fields(before, after, _TOP), *_promises(before, after)),
    )


def _promises(before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    """What the truth tables promise otherwise."""
    said = [
        "\n".join(truths.readings(truths.rows_of(side.get("extensions", {})), truths.shortened(side["criteria"])))
        for side in (before, after)
    ]
    return [FieldChange("truth table", *(text or "none" for text in said))] if said[0] != said[1] else []


def words(before: str, after: str) -> tuple[Piece, ...]:
    """The text with what went and what came, word by word."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if len(old) + len(new) > MOST_TOKENS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
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


def _in_words(key: str, value: Any) -> str:
    """A value of a field; checks are told as their page does."""
    if key == "check" and isinstance(value, dict):
        return checks.summary(value, whole=True)
    if key == "applies_when" and isinstance(value, dict) and isinstance(value.get("check"), dict):
        return checks.summary(value["check"], whole=True)
    return shown(value)


def item_change(before: dict[str, Any] | None, after: dict[str, Any] | None) -> ItemChange | None:
    """What an edit does to one criterion, group or guideline; None where it does nothing."""
    item = after or before
    if item is None:
        return None
    text = "text" if "text" in item else "title"
    if before is None or after is None:
        return _whole(item, "added" if before is None else "removed", text)
    return _changed(before, after, text, moved=False)


Shares = tuple[dict[str, float], dict[str, float]]


def _items(
    before: list[dict[str, Any]], after: list[dict[str, Any]], text: str, shares: Shares = ({}, {})
) -> tuple[ItemChange, ...]:
    old = {item["id"]: item for item in before}
    new = {item["id"]: item for item in after}
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    changes = [
        _changed(old[name], item, text, moved=name in moved, shares=shares)
        if name in old
        else _whole(item, "added", text, shares)
        for name, item in new.items()
    ]
    gone = [_whole(item, "removed", text, shares) for name, item in old.items() if name not in new]
    return (*(change for change in changes if change is not None), *gone)


def _whole(item: dict[str, Any], what: str, text: str, shares: Shares = ({}, {})) -> ItemChange:
    pieces = (Piece("new" if what == "added" else "gone", item[text]),)
    share = [side.get(item["id"]) for side in shares]
    return ItemChange(item["id"], what, pieces, share_before=share[0], share_after=share[1])


def _changed(
    old: dict[str, Any], new: dict[str, Any], text: str, *, moved: bool, shares: Shares = ({}, {})
) -> ItemChange | None:
    keys = [key for key in new if key not in {"id", text}]
    fields = _fields(old, new, keys)
    if old[text] == new[text] and not fields and not moved:
        return None
    name = new["id"]
    return ItemChange(
        name,
        "changed",
        words(old[text], new[text]),
        fields,
        moved,
        reweighted=old.get("weight") != new.get("weight") or old.get("polarity") != new.get("polarity"),
        judged=any(_differs(old.get(key), new.get(key)) for key in JUDGED),
        share_before=shares[0].get(name),
        share_after=shares[1].get(name),
    )


def _shares(document: dict[str, Any]) -> dict[str, float]:
    """Each criterion's part of all effective weight."""
    groups = {group["id"]: group for group in document["groups"]}
    weights = {}
    for criterion in document["criteria"]:
        weight, at = criterion["weight"], criterion.get("group")
        while at is not None:
            weight, at = weight * groups[at]["weight"], groups[at].get("parent")
        weights[criterion["id"]] = weight
    total = sum(weights.values())
    return {name: weight / total if total else 0.0 for name, weight in weights.items()}


def _differs(old: Any, new: Any) -> bool:
    return bool(old != new) and canonical(old) != canonical(new)


def _fields(old: dict[str, Any], new: dict[str, Any], keys: Sequence[str]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(_LABELS.get(key, key.replace("_", " ")), _in_words(key, old.get(key)), _in_words(key, new.get(key)))
        for key in keys
        if _differs(old.get(key), new.get(key))
    )


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The fewest ids that had to move for the one order to become the other."""
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in old[block.a : block.a + block.size]}
    return set(old) - stayed

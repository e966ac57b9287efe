"""Three-way merging of `rubricstudio/1` documents, item by id and field by field; texts word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.rubric.models import MAX_TEXT

Item = dict[str, Any]
LISTS = ("guidelines", "groups", "criteria")
UNIT = ("kind", "levels", "check")
MAX_TITLE = 500
MAX_TAGS = 50
MAX_DEPTH = 32
_TEXTS = {"text": MAX_TEXT, "notes": MAX_TEXT, "description": MAX_TEXT, "applies_when": MAX_TEXT, "title": MAX_TITLE}
_BY_KEY = {"tags", "unscored", "content_gate", "extensions"}
_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Conflict:
    """Something two people changed in different ways; None stands for what is absent."""

    pointer: str
    base: Any
    mine: Any
    theirs: Any

    @property
    def field(self) -> str:
        """The last step of the pointer."""
        return self.pointer.rpartition("/")[2]


@dataclass(frozen=True)
class Merged:
    """What came out; where a conflict is open it says theirs, and what one changed and the other deleted is kept."""

    document: Item
    conflicts: tuple[Conflict, ...]


def merge(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], orders: Mapping[str, str] | None = None
) -> Merged:
    """Join two documents that were made from the same one; `orders`: a list → `mine` or `theirs`, whose order leads."""
    conflicts: list[Conflict] = []
    out = _fields("", base, mine, theirs, conflicts=conflicts)
    for name in LISTS:
        lead = (orders or {}).get(name, "")
        out[name] = _items(name, base.get(name, []), mine.get(name, []), theirs.get(name, []), conflicts, lead=lead)
    _rehome(out, (theirs, mine, base))
    _untangle(out, mine, theirs, conflicts)
    whole = {key: out[key] for key in dict.fromkeys([*theirs, *mine]) if key in out}
    return Merged(whole, tuple(conflicts))


def merge_item(pointer: str, base: Item, mine: Item, theirs: Item) -> tuple[Item, tuple[Conflict, ...]]:
    """Join two states of one criterion, group or guideline, or of some keys of a document."""
    conflicts: list[Conflict] = []
    out = _fields(pointer, base, mine, theirs, conflicts=conflicts)
    for name in LISTS:
        if name in theirs:
            inner: list[Conflict] = []
            joined = _items(name, base.get(name, []), mine.get(name, []), theirs[name], inner)
            plain = _value(pointer + name, base.get(name), mine.get(name), theirs[name], conflicts) if inner else joined
            out[name] = plain
    return out, tuple(conflicts)


def settle(item: Item, conflicts: Sequence[Conflict], chosen: Mapping[str, Any]) -> Item:
    """The merged item with a value chosen for each field in conflict, by its name; others stay as they are."""
    out = dict(item)
    for conflict in conflicts:
        if conflict.field in chosen:
            value = chosen[conflict.field]
            out.update(value if conflict.field == "kind" and isinstance(value, dict) else {conflict.field: value})
    return out


def merge_text(base: str, mine: str, theirs: str) -> str | None:
    """Join two edits of a text, or None where they touch the same or neighbouring words."""
    old = _TOKENS.findall(base)
    edits = sorted(_edits(old, mine) | _edits(old, theirs))
    out: list[str] = []
    at, last = 0, -2
    for start, end, new in edits:
        if start < at or start <= last + 1:
            return None
        out.extend((*old[at:start], new))
        at = last = end
    return "".join([*out, *old[at:]])


def _edits(old: list[str], text: str) -> set[tuple[int, int, str]]:
    new = _TOKENS.findall(text)
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return {(a, b, "".join(new[c:d])) for what, a, b, c, d in codes if what != "equal"}


def _fields(
    pointer: str,
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    conflicts: list[Conflict],
) -> Item:
    """Each field on its own; kind, levels and check only make sense together and count as one."""
    out: Item = {}
    keys = [key for key in dict.fromkeys([*theirs, *mine]) if key not in LISTS]
    has_unit = "kind" in keys
    for key in keys:
        if has_unit and key in UNIT:
            if key == "kind":
                unit = [{k: side.get(k) for k in UNIT if k in keys} for side in (base, mine, theirs)]
                out.update(_value(f"{pointer}kind", unit[0], unit[1], unit[2], conflicts))
            continue
        out[key] = _field(pointer + key, base.get(key), mine.get(key), theirs.get(key), conflicts)
    return {key: out[key] for key in keys}


def _field(pointer: str, base: Any, mine: Any, theirs: Any, conflicts: list[Conflict]) -> Any:
    key = pointer.rpartition("/")[2]
    if _plain(base, mine, theirs):
        return _value(pointer, base, mine, theirs, conflicts)
    if key in _TEXTS and all(isinstance(value, str) for value in (base, mine, theirs)):
        joined = merge_text(base, mine, theirs)
        if joined is not None and joined.strip() and len(joined) <= _TEXTS[key]:
            return joined
    if key in _BY_KEY and all(isinstance(value, dict) for value in (base, mine, theirs)):
        found: list[Conflict] = []
        joined_map = _by_key(f"{pointer}/", base, mine, theirs, found)
        if not found and (key != "tags" or len(joined_map) <= MAX_TAGS):
            return joined_map
    return _value(pointer, base, mine, theirs, conflicts)


def _by_key(pointer: str, base: Item, mine: Item, theirs: Item, conflicts: list[Conflict]) -> Item:
    out: Item = {}
    for key in dict.fromkeys([*theirs, *mine]):
        old, own, other = (side.get(key, _ABSENT) for side in (base, mine, theirs))
        value = _value(pointer + key, old, own, other, conflicts)
        if value is not _ABSENT:
            out[key] = value
    return out


_ABSENT = object()


def _plain(base: Any, mine: Any, theirs: Any) -> bool:
    """Whether at most one side changed anything."""
    return bool(mine in (base, theirs)) or bool(theirs == base)


def _value(pointer: str, base: Any, mine: Any, theirs: Any, conflicts: list[Conflict]) -> Any:
    if _plain(base, mine, theirs):
        return mine if theirs == base else theirs
    conflicts.append(Conflict(pointer, base, mine, theirs))
    return theirs


def _items(
    name: str, base: list[Item], mine: list[Item], theirs: list[Item], conflicts: list[Conflict],
    *, lead: str = "",
) -> list[Item]:  # fmt: skip
    old, own, others = ({item["id"]: item for item in side} for side in (base, mine, theirs))
    merged: dict[str, Item] = {}
    for key in dict.fromkeys([*old, *others, *own]):
        item = _item(f"{name}/{key}", old.get(key), own.get(key), others.get(key), conflicts)
        if item is not None:
            merged[key] = item
    first = lead or leading_order(list(old), list(others))
    order = _order(*((list(own), list(others)) if first == "mine" else (list(others), list(own))))
    return [merged[key] for key in order if key in merged]


def _item(
    pointer: str, base: Item | None, mine: Item | None, theirs: Item | None, conflicts: list[Conflict]
) -> Item | None:
    if mine is None or theirs is None:
        kept = theirs if mine is None else mine
        if base is None or kept is None:
            return kept
        if kept == base:
            return None
        conflicts.append(Conflict(pointer, base, mine, theirs))
        return kept
    return _fields(f"{pointer}/", base or {}, mine, theirs, conflicts=conflicts)


def leading_order(base: list[str], theirs: list[str]) -> str:
    """Whose order leads unless somebody chooses: that of the side that moved something, theirs where both did."""
    old, others = set(base), set(theirs)
    return "mine" if [key for key in theirs if key in old] == [key for key in base if key in others] else "theirs"


def _order(lead: list[str], follow: list[str]) -> list[str]:
    """The order of one side; what only the other has follows its neighbour there."""
    out, known = list(lead), set(lead)
    before: str | None = None
    for key in follow:
        if key not in known:
            out.insert(out.index(before) + 1 if before is not None else 0, key)
            known.add(key)
        before = key
    return out


def _rehome(out: Item, sides: Sequence[Mapping[str, Any]]) -> None:
    """What lay in a group that one side dissolved moves to the nearest group above that is left."""
    left = {group["id"] for group in out["groups"]}
    parents: dict[str, str | None] = {}
    for side in reversed(sides):
        parents.update({group["id"]: group.get("parent") for group in side.get("groups", [])})

    def home(name: str | None) -> str | None:
        seen = set()
        while name is not None and name not in left and name not in seen:
            seen.add(name)
            name = parents.get(name)
        return name if name in left else None

    out["groups"] = [{**group, "parent": home(group.get("parent"))} for group in out["groups"]]
    out["criteria"] = [{**criterion, "group": home(criterion.get("group"))} for criterion in out["criteria"]]


def _untangle(out: Item, mine: Mapping[str, Any], theirs: Mapping[str, Any], conflicts: list[Conflict]) -> None:
    """Two moves, each sound, can make a circle together: then theirs holds and mine is asked for."""
    groups = {group["id"]: group for group in out["groups"]}
    if not _tangled(groups):
        return
    own, others = ({group["id"]: group for group in side.get("groups", [])} for side in (mine, theirs))
    known = {conflict.pointer for conflict in conflicts}
    for name, group in groups.items():
        if name in own and name in others and own[name].get("parent") != others[name].get("parent"):
            pointer = f"groups/{name}/parent"
            if pointer not in known:
                conflicts.append(Conflict(pointer, None, own[name].get("parent"), others[name].get("parent")))
            parent = others[name].get("parent")
            group["parent"] = parent if parent in groups else None
    for name in _tangled(groups):
        groups[name]["parent"] = None


def _tangled(groups: Mapping[str, Item]) -> list[str]:
    """Groups that lie in themselves or too deep."""
    found = []
    for name in groups:
        depth = 0
        at: str | None = name
        while at is not None and depth <= MAX_DEPTH:
            depth, at = depth + 1, groups[at]["parent"]
        if depth > MAX_DEPTH:
            found.append(name)
    return found

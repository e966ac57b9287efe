"""What a person may choose where two documents made from the same one differ, and what the choices make of them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.rubric.hunks import SETTINGS
from domain.rubric.merging import LISTS, UNIT, Item, Merged, leading_order, merge, merge_item

MAX_ID = 80
ORDER = "order/"
_APPENDED = {"notes", "description"}
_UNITED = {"tags", "examples", "needs", "extensions", "unscored"}


@dataclass(frozen=True)
class Choice:
    """A place where two documents differ: a whole item, one field of it, a setting, or the order of a list.

    The order of a list has the pointer `order/criteria`, `order/groups` or `order/guidelines`; its sides are the ids
    that both have, in the order of each. Where one side moved nothing, the other leads.

    `outcome` says what happens unless somebody chooses: `mine`, `theirs`, `joined` (word by word or key by key),
    or nothing where both sides changed it. `ways` are the answers that can be given.
    """

    pointer: str
    base: Any
    mine: Any
    theirs: Any
    outcome: str
    ways: tuple[str, ...]
    joined: Any = None

    @property
    def item(self) -> str:
        """The pointer of the criterion, group or guideline; of a setting, nothing."""
        parts = self.pointer.split("/")
        return "/".join(parts[:2]) if len(parts) > 1 else ""

    @property
    def field(self) -> str:
        """The field or setting; of a whole item, nothing."""
        parts = self.pointer.split("/")
        return parts[0] if len(parts) == 1 else parts[2] if len(parts) > 2 else ""


def choices(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Every place where two documents differ: settings, items in the order of theirs and then mine, orders."""
    found = [_field("", key, base, mine, theirs) for key in SETTINGS if mine.get(key) != theirs.get(key)]
    for name in LISTS:
        old, own, others = (_by_id(side, name) for side in (base, mine, theirs))
        for key in dict.fromkeys([*others, *own]):
            found.extend(_item(f"{name}/{key}", old.get(key), own.get(key), others.get(key)))
    found.extend(filter(None, (_order(name, base, mine, theirs) for name in LISTS)))
    return tuple(found)


def chosen(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], picks: Mapping[str, str]
) -> Merged:
    """Join two documents as `merge` does, but with `mine`, `theirs` or `both` at the pointers that were picked.

    A pick counts only where the documents differ and where its way is offered; the conflicts that come back are open.
    """
    sides = copy.deepcopy(dict(mine)), copy.deepcopy(dict(theirs))
    orders: dict[str, str] = {}
    for choice in choices(base, mine, theirs):
        way = picks.get(choice.pointer, "")
        if way not in choice.ways or way == "joined":
            continue
        if choice.pointer.startswith(ORDER):
            orders[choice.pointer.removeprefix(ORDER)] = way
        elif way == "both":
            _both(choice, *sides)
        else:
            source, target = sides if way == "mine" else sides[::-1]
            _agree(choice, source, target)
    return merge(base, *sides, orders)


def _order(name: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Choice | None:
    old, own, others = ([item["id"] for item in side.get(name, [])] for side in (base, mine, theirs))
    shared = set(own) & set(others)
    mine_shared, theirs_shared = ([key for key in side if key in shared] for side in (own, others))
    if mine_shared == theirs_shared:
        return None
    before = [key for key in old if key in shared]
    return Choice(f"{ORDER}{name}", before, mine_shared, theirs_shared, leading_order(old, others), ("mine", "theirs"))


def _by_id(side: Mapping[str, Any], name: str) -> dict[str, Item]:
    return {item["id"]: item for item in side.get(name, [])}


def _item(pointer: str, base: Item | None, mine: Item | None, theirs: Item | None) -> list[Choice]:
    if mine is None or theirs is None:
        kept = mine or theirs
        if base is None:
            outcome = "theirs" if mine is None else "mine"
        elif kept == base:
            outcome = "mine" if mine is None else "theirs"
        else:
            outcome = ""
        return [Choice(pointer, base, mine, theirs, outcome, ("mine", "theirs"))]
    fields = [key for key in theirs if mine.get(key) != theirs[key]]
    if any(key in UNIT for key in fields) and "kind" in theirs:
        fields = list(dict.fromkeys("kind" if key in UNIT else key for key in fields))
    return [_field(pointer, key, base or {}, mine, theirs) for key in fields]


def _field(
    pointer: str, key: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Choice:
    keys = UNIT if key == "kind" else (key,)
    old, own, other = ({name: side.get(name) for name in keys} for side in (base, mine, theirs))
    out, conflicts = merge_item("", old, own, other)
    outcome = "" if conflicts else "mine" if out == own else "theirs" if out == other else "joined"
    ways = ["mine", "theirs"]
    if outcome == "joined":
        ways.append("joined")
    elif _combines(pointer, key, own[key], other[key]):
        ways.append("both")
    values = [side if key == "kind" else side[key] for side in (old, own, other, out)]
    place = f"{pointer}/{key}" if pointer else key
    return Choice(place, values[0], values[1], values[2], outcome, tuple(ways), values[3])


def _combines(pointer: str, key: str, mine: Any, theirs: Any) -> bool:
    if key == "text":
        return pointer.startswith("criteria/")
    if key in _APPENDED:
        return bool(mine) and bool(theirs)
    return key in _UNITED and bool(mine) and bool(theirs) and type(mine) is type(theirs)


def _agree(choice: Choice, source: Item, target: Item) -> None:
    """Let the target say at this place what the source says."""
    name, _, key = choice.item.partition("/")
    if not name:
        target[choice.field] = copy.deepcopy(source.get(choice.field))
        return
    if choice.field:
        own, other = _find(source, name, key), _find(target, name, key)
        for part in UNIT if choice.field == "kind" else (choice.field,):
            if part in own:
                other[part] = copy.deepcopy(own[part])
        return
    items: list[Item] = target[name]
    items[:] = [item for item in items if item["id"] != key]
    ids = [item["id"] for item in source[name]]
    if key in ids:
        _insert_behind(items, ids[: ids.index(key)], copy.deepcopy(_find(source, name, key)))


def _both(choice: Choice, mine: Item, theirs: Item) -> None:
    name, _, key = choice.item.partition("/")
    own, other = (_find(side, name, key) if name else side for side in (mine, theirs))
    if choice.field == "text":
        twin = {**copy.deepcopy(other), "id": _free_id(key, mine, theirs)}
        other["text"] = own["text"]
        _insert_behind(theirs[name], [key], twin)
        return
    united = _united(own[choice.field], other[choice.field])
    own[choice.field], other[choice.field] = united, copy.deepcopy(united)


def _united(mine: Any, theirs: Any) -> Any:
    if isinstance(mine, str):
        return f"{mine}\n\n{theirs}"
    if isinstance(mine, dict):
        return {**copy.deepcopy(theirs), **mine}
    return [*mine, *(copy.deepcopy(each) for each in theirs if each not in mine)]


def _find(side: Item, name: str, key: str) -> Item:
    found: Item = next(item for item in side[name] if item["id"] == key)
    return found


def _insert_behind(items: list[Item], fronts: Iterable[str], item: Item) -> None:
    """Put the item behind the last of the fronts that is there; at the start where none is."""
    wanted = set(fronts)
    at = max((n for n, each in enumerate(items, 1) if each["id"] in wanted), default=0)
    items.insert(at, item)


def _free_id(key: str, *sides: Item) -> str:
    taken = {item["id"] for side in sides for item in side["criteria"]}
    number = 2
    while (name := f"{key[: MAX_ID - len(str(number)) - 1]}-{number}") in taken:
        number += 1
    return name

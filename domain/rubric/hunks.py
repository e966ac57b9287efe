"""Edits of a document one by one: found between two documents, and applied to a third that may have gone on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain import errors

Document = dict[str, Any]
LISTS = ("guidelines", "groups", "criteria")
SETTINGS = (
    "title", "description", "language", "translation_of", "scope", "scoring", "unscored", "content_gate", "extensions",
)  # fmt: skip
LIES_IN = {"criteria": "group", "groups": "parent"}  # the key of an item that says in which group it lies


@dataclass(frozen=True)
class Edit:
    """One edit; `before` of an addition and both sides of a move are a place.

    A place is `{"after": id or null, "before": id or null, "group" or "parent": id or null}`: behind the one, else in
    front of the other, else at the end; without `before` nothing in front means the very front. The group is there
    where a move leads into another one.
    """

    op: str
    pointer: str
    before: Any
    after: Any

    @property
    def place(self) -> Any:
        """Where an addition or a move puts its item; of other edits nothing."""
        return self.before if self.op == "add" else self.after if self.op == "move" else None


@dataclass(frozen=True)
class Clash:
    """Where the document says neither what the edit started from nor what it leads to."""

    pointer: str
    base: Any
    current: Any
    proposed: Any


def edits_between(
    base: Document, wanted: Document, *, shown: bool = False, moved: Collection[str] = ()
) -> tuple[Edit, ...]:
    """The fewest edits that lead from one document to another, in the order in which they can be applied.

    `shown` compares the order within each group, as the screen shows it, instead of that of the whole list. Where
    either of two items may be said to have moved, it is the one whose id is among `moved`.
    """
    edits = [
        Edit("change", key, base.get(key), wanted.get(key))
        for key in SETTINGS
        if key in wanted and base.get(key) != wanted.get(key)
    ]
    gone: list[Edit] = []
    for name in LISTS:
        old = {item["id"]: item for item in base.get(name, [])}
        new = {item["id"]: item for item in wanted.get(name, [])}
        gone.extend(Edit("remove", f"{name}/{key}", item, None) for key, item in old.items() if key not in new)
        edits.extend(_of_list(name, old, new, shown=shown, moved=moved))
    return (*edits, *reversed(gone))


def in_order(edits: Sequence[Edit]) -> list[Edit]:
    """The edits so that each comes behind those it builds on: what it stands behind first, removals last."""
    placed = {edit.pointer: edit for edit in edits if edit.place is not None}
    done: set[int] = set()
    found: list[Edit] = []
    for name in ("", *LISTS):
        own = [edit for edit in edits if edit.op != "remove" and edit.pointer.startswith(f"{name}/")]
        if not name:
            own = [edit for edit in edits if "/" not in edit.pointer]
        for edit in sorted(own, key=lambda one: one.place is not None):
            chain: list[Edit] = []
            at: Edit | None = edit
            while at is not None and id(at) not in done:
                done.add(id(at))
                chain.append(at)
                front = at.place.get("after") if isinstance(at.place, dict) else None
                at = placed.get(f"{name}/{front}")
            found.extend(reversed(chain))
    last = [edit for edit in edits if edit.op == "remove"]
    return [*found, *sorted(last, key=lambda edit: -LISTS.index(edit.pointer.partition("/")[0]))]


def with_needed(document: Document, chosen: Sequence[Edit], others: Collection[Edit]) -> list[Edit]:
    """The chosen edits with those of the others that they cannot stand without: the groups that they lead into."""
    found, waiting = list(chosen), list(others)
    while True:
        parents = {group["id"]: group.get("parent") for group in document["groups"]}
        parents |= {edit.pointer.partition("/")[2]: _target(edit) for edit in found if _leads(edit, "groups")}
        wanted = {_target(edit) for name in LIES_IN for edit in found if _leads(edit, name)}
        more = []
        for edit in waiting:
            name = edit.pointer.partition("/")[2]
            missing = edit.op == "add" and name in wanted and name not in parents
            if _leads(edit, "groups") and (missing or _encircled(parents, name)):
                more.append(edit)
        if not more:
            return in_order(found)
        found += more
        waiting = [edit for edit in waiting if edit not in more]


def settle_groups(document: Document) -> None:
    """Let nothing lie in a group that is not there: such items lie in none."""
    known = {group["id"] for group in document["groups"]}
    for name, key in LIES_IN.items():
        for item in document[name]:
            if item.get(key) not in known:
                item[key] = None


def apply_edit(document: Document, edit: Edit, *, force: bool = False) -> tuple[Clash, ...]:
    """Make one edit in the document; where it clashes nothing changes, unless it is forced."""
    name, _, key = edit.pointer.partition("/")
    if name in SETTINGS and not key:
        return _set(document, edit, force=force)
    if name not in LISTS or not key:
        raise errors.Invalid(f"An edit cannot touch {edit.pointer}.", code="hunk_pointer")
    items: list[Document] = document[name]
    ids = [item["id"] for item in items]
    at = ids.index(key) if key in ids else None
    clashes = {"add": _add, "remove": _remove, "change": _change, "move": _move}[edit.op](items, at, edit, force)
    if edit.op == "remove" and name == "groups" and at is not None and not clashes:
        _dissolve(document, key, edit.before.get("parent"))
    return clashes


def _leads(edit: Edit, name: str) -> bool:
    """Whether an edit of this list says in which group an item lies; an addition always does."""
    if not edit.pointer.startswith(f"{name}/") or not isinstance(edit.after, dict):
        return False
    return edit.op == "add" or LIES_IN[name] in edit.after


def _target(edit: Edit) -> Any:
    return edit.after.get(LIES_IN[edit.pointer.partition("/")[0]])


def _encircled(parents: dict[str, Any], name: str) -> bool:
    """Whether a group would lie inside itself."""
    at, seen = parents.get(name), {name}
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return at is not None and at == name


def _of_list(
    name: str, old: dict[str, Document], new: dict[str, Document], *, shown: bool, moved: Collection[str]
) -> list[Edit]:
    """Changes, then additions and moves of a list, each behind what it stands behind."""
    key = LIES_IN.get(name, "")
    edits = []
    for item_id, item in new.items():
        if item_id in old:
            said = {**item, key: old[item_id].get(key)} if key else item
            if said != old[item_id]:
                edits.append(Edit("change", f"{name}/{item_id}", old[item_id], said))
    stood, stands = _sections(old, key, shown=shown), _sections(new, key, shown=shown)
    for section, members in stands.items():
        at = {item_id: n for n, item_id in enumerate(stood.get(section, []))}
        stay = [one for one in members if one in at and old[one].get(key) == new[one].get(key)]
        kept = _rising(stay, at, moved)
        for n, item_id in enumerate(members):
            if item_id in kept:
                continue
            place: Document = {"after": members[n - 1] if n else None}
            if n or shown:
                place["before"] = next((one for one in members[n + 1 :] if one in kept), None)
            if item_id not in old:
                edits.append(Edit("add", f"{name}/{item_id}", place, new[item_id]))
                continue
            before = _stood(stood, old[item_id], key, shown=shown)
            if key and (shown or old[item_id].get(key) != new[item_id].get(key)):
                before[key], place[key] = old[item_id].get(key), new[item_id].get(key)
            edits.append(Edit("move", f"{name}/{item_id}", before, place))
    return edits


def _sections(items: dict[str, Document], key: str, *, shown: bool) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for item_id, item in items.items():
        found.setdefault(item.get(key) if shown and key else None, []).append(item_id)
    return found


def _stood(stood: dict[Any, list[str]], item: Document, key: str, *, shown: bool) -> Document:
    members = stood[item.get(key) if shown and key else None]
    at = members.index(item["id"])
    return {"after": members[at - 1] if at else None}


def _rising(stay: Sequence[str], at: Mapping[str, int], moved: Collection[str]) -> set[str]:
    """As many items as can stay where they are while the others move, and of as many the most that nobody moved.

    The heaviest rising sequence of places; a tree of running maxima finds it in n log n steps.
    """
    size = max(at.values(), default=-1) + 1
    best: list[tuple[int, str | None]] = [(0, None)] * (size + 1)  # of the places below: its weight and last item
    behind: dict[str, str | None] = {}
    for item_id in stay:
        weight, behind[item_id] = _heaviest(best, at[item_id])
        weight += len(stay) + (item_id not in moved)
        n = at[item_id] + 1
        while n <= size:
            if best[n][0] < weight:
                best[n] = (weight, item_id)
            n += n & -n
    kept: set[str] = set()
    _, at_end = _heaviest(best, size)
    while at_end is not None:
        kept.add(at_end)
        at_end = behind[at_end]
    return kept


def _heaviest(best: Sequence[tuple[int, str | None]], below: int) -> tuple[int, str | None]:
    """The heaviest sequence that ends below a place."""
    found: tuple[int, str | None] = (0, None)
    while below > 0:
        found = max(found, best[below], key=lambda one: one[0])
        below &= below - 1
    return found


def _set(document: Document, edit: Edit, *, force: bool) -> tuple[Clash, ...]:
    current = document.get(edit.pointer)
    if current not in (edit.before, edit.after) and not force:
        return (Clash(edit.pointer, edit.before, current, edit.after),)
    document[edit.pointer] = edit.after
    return ()


def _add(items: list[Document], at: int | None, edit: Edit, force: bool) -> tuple[Clash, ...]:
    if at is None:
        items.insert(_place(items, edit.before), dict(edit.after))
    elif items[at] != edit.after:
        if not force:
            return (Clash(edit.pointer, None, items[at], edit.after),)
        items[at] = dict(edit.after)
    return ()


def _remove(items: list[Document], at: int | None, edit: Edit, force: bool) -> tuple[Clash, ...]:
    if at is None:
        return ()
    if _bare(items[at], edit) != _bare(edit.before, edit) and not force:
        return (Clash(edit.pointer, edit.before, items[at], None),)
    del items[at]
    return ()


def _bare(item: Document, edit: Edit) -> Document:
    """What an item says apart from where it lies: what moved meanwhile may still be removed."""
    key = LIES_IN.get(edit.pointer.partition("/")[0])
    return {name: value for name, value in item.items() if name != key}


def _change(items: list[Document], at: int | None, edit: Edit, force: bool) -> tuple[Clash, ...]:
    if at is None:
        if not force:
            return (Clash(edit.pointer, edit.before, None, edit.after),)
        items.append(dict(edit.after))
        return ()
    item = items[at]
    changed = [key for key, value in edit.after.items() if value != edit.before.get(key)]
    clashes = tuple(
        Clash(f"{edit.pointer}/{key}", edit.before.get(key), item.get(key), edit.after[key])
        for key in changed
        if item.get(key) not in (edit.before.get(key), edit.after[key])
    )
    if clashes and not force:
        return clashes
    item.update({key: edit.after[key] for key in changed})
    return ()


def _move(items: list[Document], at: int | None, edit: Edit, force: bool) -> tuple[Clash, ...]:
    if at is None:
        return ()
    key = LIES_IN.get(edit.pointer.partition("/")[0], "")
    if key and key in edit.after:
        stood, current = (edit.before or {}).get(key), items[at].get(key)
        if current not in (stood, edit.after[key]) and not force:
            return (Clash(f"{edit.pointer}/{key}", stood, current, edit.after[key]),)
        items[at][key] = edit.after[key]
    item = items.pop(at)
    items.insert(_place(items, edit.after), item)
    return ()


def _place(items: Sequence[Document], place: Any) -> int:
    """The index behind the item that the place names, else in front of the other; the end where both are gone."""
    if not isinstance(place, dict) or "after" not in place:
        return len(items)
    at = {item["id"]: n for n, item in enumerate(items)}
    if place["after"] in at:
        return at[place["after"]] + 1
    if place["after"] is None and "before" not in place:
        return 0
    return at.get(place.get("before"), len(items))


def _dissolve(document: Document, gone: str, above: str | None) -> None:
    for name, key in LIES_IN.items():
        for item in document[name]:
            if item.get(key) == gone:
                item[key] = above

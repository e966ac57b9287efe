"""Edits of a document one by one: found between two documents, and applied to a third that may have gone on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain import errors

Document = dict[str, Any]
LISTS = ("guidelines", "groups", "criteria")
SETTINGS = (
    "title", "description", "language", "translation_of", "scope", "scoring", "unscored", "content_gate", "extensions",
)  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """One edit; `before` of an addition and both sides of a move are a place: the id of the item in front or None."""

    op: str
    pointer: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Clash:
    """Where the document says neither what the edit started from nor what it leads to."""

    pointer: str
    base: Any
    current: Any
    proposed: Any


def edits_between(base: Document, wanted: Document) -> tuple[Edit, ...]:
    """The edits that lead from one document to another, in the order in which they can be applied."""
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
        order = [key for key in old if key in new]
        front: str | None = None
        for key, item in new.items():
            place = {"after": front}
            if key not in old:
                edits.append(Edit("add", f"{name}/{key}", place, item))
                order.insert(order.index(front) + 1 if front in order else 0, key)
            elif old[key] != item:
                edits.append(Edit("change", f"{name}/{key}", old[key], item))
            at = order.index(key)
            stands = order[at - 1] if at else None
            if stands != front:
                edits.append(Edit("move", f"{name}/{key}", {"after": stands}, place))
                order.remove(key)
                order.insert(order.index(front) + 1 if front in order else 0, key)
            front = key
    return (*edits, *reversed(gone))


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
    return {"add": _add, "remove": _remove, "change": _change, "move": _move}[edit.op](items, at, edit, force)


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
    if items[at] != edit.before and not force:
        return (Clash(edit.pointer, edit.before, items[at], None),)
    del items[at]
    return ()


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


def _move(items: list[Document], at: int | None, edit: Edit, _force: bool) -> tuple[Clash, ...]:
    if at is not None:
        item = items.pop(at)
        items.insert(_place(items, edit.after), item)
    return ()


def _place(items: Sequence[Document], place: Any) -> int:
    """The index behind the item that the place names; the end where it is gone."""
    front = place.get("after") if isinstance(place, dict) else None
    if front is None:
        return 0 if isinstance(place, dict) and "after" in place else len(items)
    return next((n + 1 for n, item in enumerate(items) if item["id"] == front), len(items))

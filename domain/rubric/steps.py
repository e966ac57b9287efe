"""What one step changed in a document, small enough to keep every step, and how a later state is made from it.

A change names the fields that got another value. For each list of things with ids it holds a splice of the order
(`at`, how many ids `drop` there, the `ids` that stand there now) and the changed fields by id; a thing whose id left
the list is gone. A change fits only the document that it was made against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Document = dict[str, Any]
Change = dict[str, Any]
LISTS = ("guidelines", "groups", "criteria")


def change_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """What to do with `before` to get `after`, both whole documents; empty where they say the same."""
    change: Change = {}
    if fields := _fields(before, {key: value for key, value in after.items() if key not in LISTS}):
        change["fields"] = fields
    for name in LISTS:
        if part := _list_change(before[name], after[name]):
            change[name] = part
    return change


def replay(document: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> Document:
    """The document after these changes, oldest first; what was given stays as it was."""
    found = dict(document)
    for change in changes:
        found.update(change.get("fields", {}))
        for name in LISTS:
            if name in change:
                found[name] = _list_after(found[name], change[name])
    return found


def touched(change: Mapping[str, Any]) -> int:
    """How many things a change holds, moved ones included."""
    parts = [change[name] for name in LISTS if name in change]
    return sum(len(part.get("ids", ())) + len(part.get("items", {})) for part in parts)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in after.items() if key not in before or before[key] != value}


def _list_change(before: list[Document], after: list[Document]) -> Change:
    known = {item["id"]: item for item in before}
    changed = {item["id"]: _fields(known.get(item["id"], {}), item) for item in after}
    change: Change = {}
    if items := {name: fields for name, fields in changed.items() if fields}:
        change["items"] = items
    old, new = [item["id"] for item in before], [item["id"] for item in after]
    if old != new:
        at = next(
            (n for n, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), min(len(old), len(new))
        )
        same = 0
        while same < min(len(old), len(new)) - at and old[-1 - same] == new[-1 - same]:
            same += 1
        change |= {"at": at, "drop": len(old) - at - same, "ids": new[at : len(new) - same]}
    return change


def _list_after(before: list[Document], change: Mapping[str, Any]) -> list[Document]:
    known = {item["id"]: item for item in before}
    items = change.get("items", {})
    order = [item["id"] for item in before]
    if "ids" in change:
        at = change["at"]
        order[at : at + change["drop"]] = change["ids"]
    return [{**known.get(name, {}), **items[name]} if name in items else known[name] for name in order]

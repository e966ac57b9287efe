"""Hunks as somebody sends them one by one: what each touches must be there, and each place must say where."""

from collections.abc import Sequence
from typing import Any

from domain import errors, rubric

Document = dict[str, Any]
_PLACE = {"after", "before"}


def edits_of(document: Document, hunks: Sequence[Document]) -> list[rubric.Edit]:
    """The edits, each checked against the document they are for and the others beside them.

    Raises `Invalid` with a pointer to the first hunk at fault.
    """
    edits = [rubric.Edit(hunk["op"], hunk["pointer"], hunk.get("before"), hunk.get("after")) for hunk in hunks]
    seen: set[tuple[str, str]] = set()
    for number, edit in enumerate(edits):
        where = f"/inputs/hunks/{number}"
        _check_shape(edit, where)
        if (edit.op, edit.pointer) in seen:
            _refuse(f"{where}/pointer", "is touched in the same way by an earlier hunk")
        seen.add((edit.op, edit.pointer))
    added = {edit.pointer for edit in edits if edit.op == "add"}
    known = {f"{name}/{item['id']}" for name in rubric.HUNK_LISTS for item in document[name]} | added
    for number, edit in enumerate(edits):
        if edit.place is not None:
            _check_place(edit, known, f"/inputs/hunks/{number}")
    return [_from_where(document, edit) for edit in edits]


def filled(result: Document, edits: Sequence[rubric.Edit]) -> list[rubric.Edit]:
    """The edits with whole items, where somebody sent only some keys; `result` is the document that all lead to.

    Keys that were left out of a change are those that it does not touch.
    """
    items = {f"{name}/{item['id']}": item for name in rubric.HUNK_LISTS for item in result[name]}
    found = []
    for edit in edits:
        before, after = edit.before, edit.after
        item = items.get(edit.pointer, {})
        if edit.op == "change" and "/" in edit.pointer:
            before, after = {**item, **before}, {**item, **before, **after}
        elif edit.op == "add":
            after = {**item, **after}
        found.append(rubric.Edit(edit.op, edit.pointer, before, after))
    return found


def _check_shape(edit: rubric.Edit, where: str) -> None:
    name, _, key = edit.pointer.partition("/")
    needs = {"add": [edit.after], "remove": [edit.before], "change": [edit.before, edit.after], "move": [edit.after]}
    item = name in rubric.HUNK_LISTS and bool(key)
    fits = item and all(isinstance(side, dict) for side in needs[edit.op])
    named = edit.op not in {"add", "change"} or not fits or edit.after.get("id") == key
    if not (fits and named) and not (edit.op == "change" and name in rubric.HUNK_SETTINGS and not key):
        _refuse(where, "does not name what it touches, before and after")


def _check_place(edit: rubric.Edit, known: set[str], where: str) -> None:
    """What a place names must be in the version or come with another hunk."""
    name, side = edit.pointer.partition("/")[0], "before" if edit.op == "add" else "after"
    if edit.op == "move" and edit.pointer not in known:
        _refuse(f"{where}/pointer", "is not in the version")
    if not isinstance(edit.place, dict):
        return
    key = rubric.LIES_IN.get(name, "")
    allowed = {*_PLACE, key} if edit.op == "move" and key else _PLACE
    if (edit.op == "move" and "after" not in edit.place) or set(edit.place) - allowed:
        _refuse(f"{where}/{side}", 'is a place such as {"after": id or null}' + (f" with {key}" if key else ""))
    for step, target in edit.place.items():
        table = "groups" if step == key and key else name
        if target is not None and f"{table}/{target}" not in known:
            _refuse(f"{where}/{side}/{step}", "is neither in the version nor added")


def _from_where(document: Document, edit: rubric.Edit) -> rubric.Edit:
    """A move that only says where to starts from where the version has the item."""
    name, _, item_id = edit.pointer.partition("/")
    if edit.op != "move" or isinstance(edit.before, dict):
        return edit
    ids = [item["id"] for item in document[name]]
    if item_id not in ids:
        return edit
    at, key = ids.index(item_id), rubric.LIES_IN.get(name)
    before: Document = {"after": ids[at - 1] if at else None}
    if key is not None and key in edit.after:
        before[key] = document[name][at][key]
    return rubric.Edit(edit.op, edit.pointer, before, edit.after)


def _refuse(pointer: str, sentence: str) -> None:
    problem = errors.Problem(pointer, sentence)
    raise errors.Invalid("A hunk has a pointer such as criteria/c_1 and the item or its place.", problems=[problem])

"""The keys of the studio: what each does where, which stay as they are, and what a person may put in their place.

Markup names the key a thing has by default (`data-key`); a person's own keys map that default to another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain import errors


@dataclass(frozen=True)
class Shortcut:
    """A key by its default, and what it does."""

    key: str
    does: str


SHORTCUTS = (
    Shortcut(
        "Mod+k", "find a page, or a rubric, data set, run, queue, release or judge by name; do something on this page"
    ),
    Shortcut("/", "find in the list"),
    Shortcut("n", "make a new one: rubric, draft, data set, run, judge, queue, release"),
    Shortcut("i", "import"),
    Shortcut("[", "previous page of a list"),
    Shortcut("]", "next page of a list"),
    Shortcut("j", "the next one: answer, prompt, sentence, step of a training run, rubric of a sample"),
    Shortcut("k", "the one before"),
    Shortcut("u", "up: back to the whole, my last decisions, only what is unscored"),
    Shortcut("Mod+Enter", "store, add, send"),
    Shortcut("Mod+z", "undo"),
    Shortcut("Mod+y", "redo"),
    Shortcut("b", "a new criterion below"),
    Shortcut("Insert", "a new criterion below, too"),
    Shortcut("e", "all fields of the criterion; export"),
    Shortcut("w", "weigh the criterion; score a run again"),
    Shortcut("d", "duplicate; decide"),
    Shortcut("Delete", "delete"),
    Shortcut("Alt+ArrowUp", "move up"),
    Shortcut("Alt+ArrowDown", "move down"),
    Shortcut("Alt+ArrowRight", "nest one group deeper"),
    Shortcut("Alt+ArrowLeft", "out to the group above"),
    Shortcut("s", "settings of a version; skip for now"),
    Shortcut("g", "mark the sentence as evidence, or take its mark away"),
    Shortcut("t", "try; test"),
    Shortcut("a", "ask the judge; accuracy of judges"),
    Shortcut("y", "good, and on"),
    Shortcut("m", "write a note or a reason"),
    Shortcut("c", "change my decision; copy; compare runs; compare judges"),
    Shortcut("p", "pause, go on; password; ask more people"),
    Shortcut("r", "again: judge, read; an answer as written or rendered"),
    Shortcut("v", "verify; draw a review queue, also from an alarm; show the judge's verdict"),
    Shortcut("l", "add the criteria read as a list"),
    Shortcut("o", "suggest instead of editing, and back"),
)
# What every list, table and question takes for granted, and how one leaves things.
FIXED = {
    "?": "this list", "Escape": "leave a field, close a menu", "Enter": "open, edit, store and go on",
    "Tab": "next field", "Space": "select", "Backspace": "delete", "F2": "edit the text", "ArrowUp": "up",
    "ArrowDown": "down", "ArrowLeft": "back, fold", "ArrowRight": "on, unfold", "Mod+a": "select all",
    **dict.fromkeys("1234567890", "choose"),
}  # fmt: skip
# Browsers keep these for themselves or people need them everywhere.
TAKEN = {f"Mod+{letter}" for letter in "cfhlnopqrtvwx"} | {"F1", "F3", "F5", "F6", "F11", "F12", "Home", "End"}
_BY_KEY = {shortcut.key: shortcut for shortcut in SHORTCUTS}
_FORM = re.compile(r"(Mod\+)?(Alt\+)?(Shift\+)?(\S|[A-Z][A-Za-z]{1,11}|F[0-9]{1,2})")


class KeysInvalid(errors.Invalid):
    """Keys that cannot be had together."""

    default_code = "keys_invalid"


def own_keys(wanted: Mapping[str, str]) -> dict[str, str]:
    """The keys that differ from their default, checked: each can be pressed, is free, and means one thing.

    `wanted` maps a default key to the key in its place; an empty one means the default. Raises KeysInvalid with a
    problem at each default whose place cannot be had.
    """
    chosen = {key: _clean(wanted.get(key, "")) or key for key in _BY_KEY}
    problems = [
        errors.Problem(f"/{key}", said)
        for key, new in chosen.items()
        if new != key and (said := _fault(key, new, chosen))
    ]
    if problems:
        raise KeysInvalid(problems[0].message, problems=problems)
    return {key: new for key, new in chosen.items() if new != key}


def _clean(key: str) -> str:
    said = key.strip()
    return said.lower() if len(said) == 1 else said[:-1] + said[-1].lower() if said[-2:-1] == "+" else said


def _fault(key: str, new: str, chosen: Mapping[str, str]) -> str:
    if not _FORM.fullmatch(new):
        return f"“{new[:30]}” is no key that can be pressed; press one, or write b, Alt+ArrowUp or Mod+z."
    if new in FIXED:
        return f"{new} stays what it is everywhere: {FIXED[new]}."
    if new in TAKEN:
        return f"{new} belongs to the browser."
    for other, its in chosen.items():
        if other != key and its == new:
            return f"{new} already means “{_BY_KEY[other].does}”. Give that another key first."
    return ""

"""Keys: every key in the markup is in the list, and a person's own keys never collide."""

import re
from pathlib import Path

import pytest

from apps.core import shortcuts

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


def test_every_key_of_the_markup_is_in_the_list() -> None:
    used = {
        key
        for path in TEMPLATES.rglob("*.html")
        for attribute in re.findall(r'data-key="([^"{]+)"', path.read_text(encoding="utf-8"))
        for key in attribute.split()
    }
    known = {shortcut.key for shortcut in shortcuts.SHORTCUTS} | set(shortcuts.FIXED)
    assert used - known == set()


def test_defaults_do_not_collide_and_an_empty_wish_changes_nothing() -> None:
    keys = [shortcut.key for shortcut in shortcuts.SHORTCUTS]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & (set(shortcuts.FIXED) | shortcuts.TAKEN)
    assert shortcuts.own_keys({}) == shortcuts.own_keys({"b": " ", "unknown": "q"}) == {}


def test_what_differs_is_kept_and_two_keys_may_change_places() -> None:
    assert shortcuts.own_keys({"b": "X", "Mod+z": "Mod+U"}) == {"b": "x", "Mod+z": "Mod+u"}
    assert shortcuts.own_keys({"j": "k", "k": "j"}) == {"j": "k", "k": "j"}


@pytest.mark.parametrize(("new", "said"), [
    ("n", "already means “make a new one"), ("Escape", "stays what it is"), ("Mod+w", "belongs to the browser"),
    ("two words", "no key that can be pressed"), ("<b>", "no key"), ("5", "stays what it is"),
])  # fmt: skip
def test_what_cannot_be_had_is_refused_with_a_sentence(new: str, said: str) -> None:
    with pytest.raises(shortcuts.KeysInvalid) as caught:
        shortcuts.own_keys({"b": new})
    (problem,) = caught.value.problems
    assert (problem.pointer, said in problem.message) == ("/b", True)


def test_of_two_that_want_one_key_both_are_told() -> None:
    with pytest.raises(shortcuts.KeysInvalid) as caught:
        shortcuts.own_keys({"b": "x", "d": "x"})
    assert [problem.pointer for problem in caught.value.problems] == ["/b", "/d"]

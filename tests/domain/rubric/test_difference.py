"""Differences between two documents."""

import time
from typing import Any

from domain import rubric
from tests import factories


def document(*criteria: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return factories.make_document(criteria=criteria, **fields)


A = {"id": "a", "text": "Names the drug and its dose.", "weight": 2.0}
B = {"id": "b", "text": "Is polite."}
C = {"id": "c", "text": "Is short."}


def test_the_same_says_nothing() -> None:
    assert rubric.difference(document(A, B), document(A, B)).is_empty


def test_added_removed_changed() -> None:
    changed = {**A, "text": "Names each drug and its dose.", "weight": 3.0, "tier": "essential"}
    found = rubric.difference(document(A, B), document(changed, C))
    assert [(change.id, change.what) for change in found.criteria] == [
        ("a", "changed"),
        ("c", "added"),
        ("b", "removed"),
    ]
    first = found.criteria[0]
    assert [(piece.what, piece.text) for piece in first.pieces] == [
        ("same", "Names "), ("gone", "the"), ("new", "each"), ("same", " drug and its dose."),
    ]  # fmt: skip
    assert {field.label: (field.before, field.after) for field in first.fields} == {
        "weight": ("2", "3"),
        "tier": ("none", "essential"),
    }
    assert first.reweighted
    assert [found.count(what) for what in ("added", "removed", "changed")] == [1, 1, 1]


def test_only_what_moved_is_called_moved() -> None:
    found = rubric.difference(document(A, B, C), document(C, A, B))
    assert [(change.id, change.moved) for change in found.criteria] == [("c", True)]


def test_groups_guidelines_and_settings() -> None:
    old = document(A, groups=[{"id": "g", "title": "Safety"}], guidelines=[{"id": "x", "text": "Be strict."}])
    new = document(
        {**A, "group": "g"}, groups=[{"id": "g", "title": "Harm", "weight": 2}], title="Other",
        scoring=[{"step": "tree"}],
    )  # fmt: skip
    found = rubric.difference(old, new)
    assert [(change.what, change.reweighted) for change in found.groups] == [("changed", True)]
    assert [change.what for change in found.guidelines] == ["removed"]
    assert {field.label for field in found.settings} == {"title", "scoring"}
    assert [field.label for field in found.criteria[0].fields] == ["group"]


def test_values_are_shown_in_words() -> None:
    gate = {"when": "below", "value": 0.5, "override": True}
    assert rubric.shown(gate) == "when below, value 0.5, override yes"
    assert [rubric.shown(value) for value in (None, [], 2.0, ["a", "b"], 0)] == ["none", "none", "2", "a; b", "0"]


def test_shares_are_told_where_weights_changed() -> None:
    found = rubric.difference(document(A, B), document({**A, "weight": 1.0}, B)).criteria
    assert [(c.id, round(c.share_before or 0, 2), c.share_after) for c in found] == [("a", 0.67, 0.5)]


def test_only_a_kind_of_change() -> None:
    found = rubric.difference(document(A, B), document({**A, "weight": 1.0}, {**B, "text": "Is very polite."}))
    assert [c.id for c in found.only("judged").criteria] == ["b"]
    assert [c.id for c in found.only("weights").criteria] == ["a"]
    assert found.only("") == found
    assert found.sentence == "Criteria: 2 changed, 1 re-weighted."


def test_five_hundred_criteria_with_long_texts_are_quick() -> None:
    long = "word and another one. " * 700
    old = [{"id": f"c{n}", "text": f"Names drug {n} and its dose."} for n in range(500)]
    new = [{**one, "text": f"{one['text']} Always."} for one in reversed(old)]
    before = document(*old, {"id": "long", "text": long})
    after = document(*new, {"id": "long", "text": long.replace("another", "yet another")})
    start = time.process_time()
    found = rubric.difference(before, after)
    assert time.process_time() - start < 1.0
    assert found.count("changed") == 501


def test_checks_and_computed_conditions_are_told_in_words():
    old = {"id": "a", "text": "A.", "check": {"kind": "words", "min": 2}, "applies_when": None}
    new = {**old, "check": {"kind": "lookup", "table": {"France": "Paris"}}, "applies_when": {"check": {"kind": "xml"}}}
    change = rubric.item_change(old, new)
    assert change is not None
    said = {one.label: (one.before, one.after) for one in change.fields}
    assert said == {
        "computed check": ("Number of words: at least 2", "Table look-up: table France = Paris"),
        "applies only when": ("none", "Is XML"),
    }

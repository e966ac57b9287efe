"""Differences between two documents, and the advice beside a rubric."""

from typing import Any

from apps.rubrics import queries
from domain import rubric
from tests import factories


def document(*criteria: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return factories.make_document(criteria=criteria, **fields)


A = {"id": "a", "text": "Names the drug and its dose.", "weight": 2.0}
B = {"id": "b", "text": "Is polite."}
C = {"id": "c", "text": "Is short."}


def test_the_same_says_nothing() -> None:
    assert queries.difference(document(A, B), document(A, B)).is_empty


def test_added_removed_changed() -> None:
    changed = {**A, "text": "Names each drug and its dose.", "weight": 3.0, "tier": "essential"}
    found = queries.difference(document(A, B), document(changed, C))
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
    found = queries.difference(document(A, B, C), document(C, A, B))
    assert [(change.id, change.moved) for change in found.criteria] == [("c", True)]


def test_groups_guidelines_and_settings() -> None:
    old = document(A, groups=[{"id": "g", "title": "Safety"}], guidelines=[{"id": "x", "text": "Be strict."}])
    new = document(
        {**A, "group": "g"}, groups=[{"id": "g", "title": "Harm", "weight": 2}], title="Other",
        scoring=[{"step": "tree"}],
    )  # fmt: skip
    found = queries.difference(old, new)
    assert [(change.what, change.reweighted) for change in found.groups] == [("changed", True)]
    assert [change.what for change in found.guidelines] == ["removed"]
    assert {field.label for field in found.settings} == {"title", "scoring"}
    assert [field.label for field in found.criteria[0].fields] == ["group"]


def test_values_are_shown_in_words() -> None:
    gate = {"when": "below", "value": 0.5, "override": True}
    assert queries.shown(gate) == "when below, value 0.5, override yes"
    assert [queries.shown(value) for value in (None, [], 2.0, ["a", "b"], 0)] == ["none", "none", "2", "a; b", "0"]


def sentences(*criteria: dict[str, Any], **fields: Any) -> list[tuple[str | None, str]]:
    said = rubric.parse({"criteria": list(criteria), **fields})
    return [(hint.criterion, hint.sentence) for hint in queries.advice(said)]


def test_advice() -> None:
    assert "no criteria" in sentences()[0][1]
    assert sentences(A, B, C) == []
    assert sentences({**A, "weight": 9.0}, B, C)[0] == ("a", "It carries 82 % of all weight and outvotes the rest.")
    assert "No criterion adds" in sentences({**A, "polarity": "negative"})[0][1]
    assert sentences(A, {**B, "weight": 0.0})[0][0] == "b"
    assert {name for name, _ in sentences(A, B, {**C, "text": "is polite. "})} == {"b", "c"}
    assert "61" not in sentences({**A, "text": "word " * 61})[0][1]
    assert sentences(A, groups=[{"id": "g", "title": "Safety"}])[-1][1] == "The group Safety is empty."

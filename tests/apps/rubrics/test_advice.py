"""The advice beside a rubric."""

from typing import Any

from apps.rubrics import queries
from domain import rubric

A = {"id": "a", "text": "Names the drug and its dose.", "weight": 2.0}
B = {"id": "b", "text": "Is polite."}
C = {"id": "c", "text": "Is short."}


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

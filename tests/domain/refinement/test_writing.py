"""What all writers share: echoes of the form, citations, numbers."""

import json

import pytest

from domain.refinement import writing
from domain.refinement.loop import Answer, Inputs

SHAPE = writing.Shape("own_rubric", "why", "weight", ("high", "medium", "low"), 6)
PASSAGE = "Take 75 mg. Do not drink.\nCall a doctor."


def test_an_echo_of_the_form_is_no_criterion() -> None:
    listed = [
        {"why": "x", "criterion": text, "weight": "high"}
        for text in ("high, medium, low", "Weight.", "Is of high rank.")
    ]
    found = writing.read(Answer(texts=(json.dumps({"criteria": listed}),)), SHAPE, Inputs())
    assert [one.text for one in found.entries] == ["Is of high rank."]
    assert [str(drop) for _, drop in found.unfit] == ["form", "form"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2", "Do not drink."), ("3, 1", "Call a doctor. Take 75 mg."), ("9", ""), ("do not drink", "Do not drink"),
        ("Tigers hunt at night in forests.", ""), ("", ""),
    ],
)  # fmt: skip
def test_citations_are_numbers_of_sentences_or_copied_words(given: str, wanted: str) -> None:
    assert writing.cited(given, PASSAGE) == wanted


def test_numbers_are_places_each_once() -> None:
    assert writing.numbers("2 and 5, 2; 99, 0, 123456789", 5) == (1, 4)

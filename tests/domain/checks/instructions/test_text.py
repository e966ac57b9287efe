"""Sentences, tokens and verbs of English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks.instructions import text, verbs


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Very bad acting!!! I promise.", ["Very bad acting!!!", "I promise."]),
        ('He said "hello." Then he left.', ['He said "hello."', "Then he left."]),
        ("Mr. Smith met Dr. Who at 5 p.m. sharp.", ["Mr. Smith met Dr. Who at 5 p.m. sharp."]),
        ("He lives in the U.S. The rest is known.", ["He lives in the U.S.", "The rest is known."]),
        ("J. K. Rowling wrote it.", ["J. K. Rowling wrote it."]),
        ("Wait... what? Yes... No.", ["Wait... what?", "Yes...", "No."]),
        ("1. Item one\n2. Item two", ["1.", "Item one\n2.", "Item two"]),
        ("Version 2.0 is out", ["Version 2.0 is out"]),
        ("See 3. of it.", ["See 3. of it."]),
        ("(So it is.) Then more", ["(So it is.)", "Then more"]),
        ("", []),
        ("  ", []),
    ],
)
def test_sentences(said, expected):
    assert text.sentences(said) == expected


@given(st.text(alphabet="ab .?!\"')(*\n1", max_size=200))
def test_sentences_lose_nothing_but_space(said):
    joined = "".join(text.sentences(said))
    assert "".join(joined.split()) == "".join(said.split())


def test_tokens_split_contractions_and_marks():
    found = text.tokens("I don't know: it's 3,000.5 (really). Well-known.")
    assert found == ["I", "do", "n't", "know", ":", "it", "'s", "3,000.5", "(", "really", ")", ".", "Well-known", "."]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Write", "", True), ("Running", "", True), ("Tried", "", True), ("Zooming", "", True), ("Stopped", "it", True),
        ("The", "", False), ("Morning", "", None), ("Happiness", "", False), ("*", "", False), ("2nd", "", False),
        ("Plan", "the", True), ("Plan", "B", None), ("Blorp", "", None), ("", "", False),
    ],
)  # fmt: skip
def test_is_verb(first, second, expected):
    assert verbs.is_verb(first, second) is expected

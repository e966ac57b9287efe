"""Degenerate answers are recognised by rule."""

import pytest

from domain import verdicts
from tests.domain.builders import make_rubric


@pytest.mark.parametrize(
    ("response", "least", "reason"),
    [
        ("", 1, "The answer is empty."),
        (" \n ", 1, "The answer is empty."),
        (":", 1, "The answer has no words."),
        ("\u200b\u200b", 1, "The answer has no words."),
        ("one two", 3, "The answer has 2 words, fewer than 3."),
        ("one two three", 3, None),
        ("", 0, None),
    ],
)
def test_content_gate(response, least, reason):
    made = make_rubric("a", content_gate={"min_words": least})
    assert verdicts.content_gate(made, response) == reason

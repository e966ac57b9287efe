"""What counts as a word."""

import pytest

from domain import words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n\t", 0),
        ("... !? --", 0),
        ("\u200b\U000e0041\ufeff", 0),
        ("one", 1),
        ("one two - three", 3),
        ("don't stop", 2),
        ("今日は", 3),
        ("GPT模型 good", 4),
        ("привет мир", 2),
    ],
)
def test_count_words(text, count):
    assert words.count_words(text) == count

"""Repetition within texts and phrases that many of them share."""

import pytest

from domain.watch import Phrase, phrases, repetition


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0.0),
        ("one two three", 0.0),
        ("one two three four five", 0.0),
        # 8 words have 5 phrases of four, of which the last is the first.
        ("a b c d a b c d", 1 / 5),
        ("yes yes yes yes yes yes", 2 / 3),
        ("Take your tablets. TAKE, your tablets! Take your tablets", 3 / 6),
    ],
)
def test_repetition_is_one_less_distinct_of_all(text: str, share: float):
    assert repetition(text) == pytest.approx(share)


def test_shared_phrases_are_counted_once_a_text_and_neighbours_are_one():
    flattery = "what a truly excellent and thoughtful question you ask"
    texts = [f"{flattery} number {place}" for place in range(4)] + ["take your tablets in the morning with water"] * 3
    found = phrases(texts)
    assert [one.texts for one in found] == [4, 3]
    assert found[0] == Phrase("a truly excellent and thoughtful question", 4, 4 / 7)
    assert phrases(texts, most=1) == found[:1]
    assert phrases(["too short"]) == []

"""A principle rests on words that stand in the comment or the answer: more than 60 alike, as RLBFF asks."""

import pytest
from rapidfuzz import fuzz

from domain.principles import Source, find_place

COMMENT = "I liked the tone, but it never names the dose."


def test_exact_words_are_found_where_they_stand():
    place = find_place("never names  the DOSE", COMMENT, "Names the dose.")
    assert place is not None
    assert (place.source, place.similarity, COMMENT[place.start : place.end]) == (
        Source.COMMENT, 100.0, "never names the dose",
    )  # fmt: skip


def test_words_of_the_answer_are_found_there():
    answer = "Take two tablets each morning."
    place = find_place("two tablets each morning", COMMENT, answer)
    assert place is not None
    assert (place.source, answer[place.start : place.end]) == (Source.ANSWER, "two tablets each morning")


@pytest.mark.parametrize(("alike", "found"), [(59, False), (60, False), (61, True)])
def test_sixty_is_not_over_sixty(alike: int, found: bool):
    letters = [chr(0x4E00 + n) for n in range(100)]
    text = "".join([chr(0x3400 + n) for n in range(300)] + letters + [chr(0x3600 + n) for n in range(300)])
    even = [n * alike // 100 != (n + 1) * alike // 100 for n in range(100)]
    quote = "".join(
        letter if same else chr(0x6E00 + n) for n, (letter, same) in enumerate(zip(letters, even, strict=True))
    )
    assert fuzz.partial_ratio(quote, text) == pytest.approx(alike)
    assert (find_place(quote, text) is not None) is found


def test_nothing_is_no_place():
    assert find_place("—", COMMENT) is None
    assert find_place("quarterly tax return filings", COMMENT) is None
    assert find_place("anything", "") is None


def test_a_quote_longer_than_the_comment_finds_the_whole_of_it():
    place = find_place("The answer is too long for me and for you", "too long for me")
    assert place is not None
    assert place.end > place.start

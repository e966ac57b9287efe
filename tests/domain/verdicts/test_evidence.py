"""Quotes are found where they stand, and only there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import verdicts
from domain.verdicts import Span

TEXT = "The patient takes\n  Aspirin 100 mg daily. “Allergies”: none – Straße 5."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Aspirin 100 mg", "Aspirin 100 mg"),
        ("  Aspirin 100 mg ", "Aspirin 100 mg"),
        ("the patient takes aspirin", "The patient takes\n  Aspirin"),
        ('"Allergies": none - straße', "“Allergies”: none – Straße"),
        ("STRASSE 5", "Straße 5"),
        ("patient takes Aspirin 100mg dally", "patient takes\n  Aspirin 100 mg daily"),
        ("atient takes Aspirin 100 ng dai", "patient takes\n  Aspirin 100 mg daily"),
    ],
)
def test_a_quote_is_found(quote, found):
    span = verdicts.find_evidence(quote, TEXT)
    assert span is not None
    assert TEXT[span.start : span.end] == span.text == found


@pytest.mark.parametrize(
    "quote",
    ["", "  ", "...", "Ibuprofen", "takes Ibuprofen 400 mg twice", "x" * 2001, TEXT + " and much more that is new"],
)
def test_what_does_not_stand_there_is_not_found(quote):
    assert verdicts.find_evidence(quote, TEXT) is None


def test_a_short_quote_is_never_stretched():
    assert verdicts.find_evidence("Asperin", TEXT) is None


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_an_exact_quote_is_always_found(before, quote, after):
    text = before + quote + after
    span = verdicts.find_evidence(quote, text)
    if any(map(str.isalnum, quote)):
        assert span is not None
        assert span.text == quote.strip() == text[span.start : span.end]
    else:
        assert span is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_span_is_always_a_piece_of_the_text(quote, text):
    span = verdicts.find_evidence(quote, text)
    assert span is None or (0 <= span.start < span.end <= len(text) and text[span.start : span.end] == span.text)


def test_spans_compare_by_place_and_text():
    assert verdicts.find_evidence("The", TEXT) == Span(0, 3, "The")

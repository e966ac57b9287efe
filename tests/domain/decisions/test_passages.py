"""Marked passages: offsets are those of the text as a browser shows it."""

import pytest

from domain import decisions, errors

TEXT = "One.\r\nTwo 𝄞 three."


def test_a_browser_counts_a_line_end_once():
    [span] = decisions.read_spans(TEXT, [{"start": 5, "end": 8}])
    assert span == {"start": 6, "end": 9, "text": "Two"}
    assert decisions.places("a\r\nb\r") == [0, 2, 3, 4, 5]
    assert decisions.read_spans(TEXT, []) == []


def test_characters_outside_the_first_plane_count_once():
    [span] = decisions.read_spans(TEXT, [{"start": 9, "end": 10}])
    assert span["text"] == "𝄞"


@pytest.mark.parametrize(
    "spans",
    [
        "all", 7, None, [{"start": 0, "end": 99}], [{"start": 4, "end": 4}], [{"start": -1, "end": 2}],
        [{"start": "0", "end": 2}], [{"start": 1.0, "end": 2}], [{}], ["0-4"], [{"start": 0, "end": 1}] * 51,
    ],
)  # fmt: skip
def test_passages_outside_the_text_are_refused(spans):
    with pytest.raises(errors.Invalid):
        decisions.read_spans(TEXT, spans)

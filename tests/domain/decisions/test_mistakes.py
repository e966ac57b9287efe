"""Marked errors and the MQM score."""

import pytest

from domain import errors
from domain.decisions import mistakes
from domain.decisions.mistakes import Mistake

TEXT = "Das ist ein Test, der lang ist."


def test_the_published_points():
    found = [
        Mistake("Accuracy/Mistranslation", "Major", 0, 3), Mistake("Style/Awkward", "Minor", 4, 7),
        Mistake("Fluency/Punctuation", "Minor", 16, 17), Mistake("Fluency/Punctuation", "Major", 16, 17),
        Mistake("Other", "Neutral", 8, 11),
    ]  # fmt: skip
    assert [one.points for one in found] == [5, 1, 0.1, 5, 0]
    assert mistakes.score(found) == -11.1
    assert mistakes.score([Mistake("Non-translation", "Major")]) == -25
    assert str(mistakes.score([])) == "0.0"


def test_errors_are_read_in_the_order_of_their_places():
    rows = [
        {"category": "Fluency/Grammar", "severity": "Minor", "start": 8, "end": 11},
        {"category": "Accuracy/Omission", "severity": "Major"},
        {"category": "Style/Awkward", "severity": "Minor", "start": 0, "end": 3, "text": "<script>"},
    ]
    found = mistakes.read_mistakes(TEXT, {"errors": rows})
    assert [(one.text, one.category) for one in found] == [
        ("", "Accuracy/Omission"), ("Das", "Style/Awkward"), ("ein", "Fluency/Grammar"),
    ]  # fmt: skip
    assert mistakes.read_mistakes(TEXT, {"errors": []}) == []


@pytest.mark.parametrize(
    "rows",
    [
        None, "all", {"category": "Other"}, [7], [{"category": "Other"}], [{"severity": "Major"}],
        [{"category": "Made up", "severity": "Major"}], [{"category": "Other", "severity": "Awful"}],
        [{"category": ["Other"], "severity": "Major"}],
        [{"category": "Other", "severity": "Major", "start": 0}],
        [{"category": "Other", "severity": "Major", "start": 5, "end": 900}],
        [{"category": "Other", "severity": "Major"}] * 51,
    ],
)  # fmt: skip
def test_what_is_no_error_is_refused(rows):
    with pytest.raises(errors.Invalid):
        mistakes.read_mistakes(TEXT, {"errors": rows})


def test_people_are_apart_by_what_they_do_not_share():
    whole, half = Mistake("Other", "Minor", 0, 10), Mistake("Other", "Minor", 0, 5)
    assert mistakes.distance([], []) == 0
    assert mistakes.distance([whole], []) == 1
    assert mistakes.distance([whole], [whole]) == 0
    assert mistakes.distance([whole], [half]) == pytest.approx(1 / 3)
    assert mistakes.distance([whole], [Mistake("Other", "Minor", 20, 30)]) == 1
    assert mistakes.distance([Mistake("Accuracy/Omission", "Major")], [Mistake("Accuracy/Omission", "Minor")]) > 0

"""Reasons against verdicts: the words that count, and the cases from replies of real judges."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import verdicts
from domain.verdicts import Reasoned, Status, Verdict
from tests.domain.builders import make_rubric

BINARY = make_rubric("Names the dose.").criteria[0]
LEVELS = [{"label": name, "value": n / 2, "anchor": "x"} for n, name in enumerate(("Poor", "Fair", "Good"))]
ORDINAL = make_rubric({"id": "c", "kind": "ordinal", "levels": LEVELS}).criteria[0]


@pytest.mark.parametrize(
    ("rationale", "value"),
    [
        ("The dose is named, so the criterion is met.", 1.0),
        ("The criterion is not met.", 0.0),
        ("It isn't fully satisfied.", 0.0),
        ("The answer does not meet this.", 0.0),
        ("It fails to meet the criterion.", 0.0),
        ("The criterion is unmet", 0.0),
        ("The answer passes.", 1.0),
        ("This is false.", 0.0),
        ("Yes, it says 5 mg.", 1.0),
        ("So the answer is no.", 0.0),
        ("At first I thought no. But it says 5 mg: yes", 1.0),
        ("There is no dose in it", None),
        ("No dose at all", None),
        ("It gives 5 mg each morning.", None),
        ("", None),
    ],
)
def test_the_last_verdict_word_counts(rationale, value):
    assert verdicts.said_value(BINARY, rationale) == value


@pytest.mark.parametrize(
    ("rationale", "value"),
    [("Not poor, rather good.", 1.0), ("Good in parts, all in all fair.", 0.5), ("It is goodness itself.", None)],
)
def test_the_last_level_counts(rationale, value):
    assert verdicts.said_value(ORDINAL, rationale) == value


@pytest.mark.parametrize(
    ("criterion", "value", "rationale", "consistent"),
    [
        (BINARY, 1.0, "The criterion is met.", True),
        (BINARY, 0.2, "The criterion is met.", False),
        (BINARY, 0.0, "So no.", True),
        (BINARY, 0.5, "So no.", True),
        (ORDINAL, 1.0, "All in all fair.", False),
        (ORDINAL, 0.5, "All in all fair.", True),
        (BINARY, 1.0, "It gives 5 mg.", None),
    ],
)
def test_a_verdict_knows_whether_its_reason_agrees(criterion, value, rationale, consistent):
    reasoned = Reasoned((), rationale)
    found = verdicts.check_evidence(criterion, Verdict(criterion.id, Status.OK, value=value), reasoned, "5 mg")
    assert found.detail.get("consistent") is consistent
    assert (found.value, found.rationale) == (value, rationale)


def test_what_else_was_measured_stays():
    before = Verdict("c", Status.OK, value=1.0, rationale="So yes.", detail={"log_odds": 2.0})
    assert verdicts.check_consistency(BINARY, before).detail == {"log_odds": 2.0, "consistent": True}
    lost = dataclasses.replace(before, status=Status.UNPARSEABLE, value=None)
    assert verdicts.check_consistency(BINARY, lost) == lost


@given(st.text(), st.floats(0, 1))
def test_any_text_leaves_the_value_alone(text, value):
    before = Verdict("c", Status.OK, value=value, rationale=text)
    after = verdicts.check_consistency(BINARY, before)
    assert (after.value, after.status) == (value, Status.OK)
    assert after.detail.get("consistent") in {None, True, False}

"""Five levels: the last result counts, and only a whole number from 1 to 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.five_levels import read_level
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values


def levels(count):
    return [{"label": str(n), "value": (n / (count - 1)) ** 2, "anchor": f"anchor {n}"} for n in range(count)]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Feedback: fine. [RESULT] 4", "4"),
        ("So the overall score is 3. [RESULT] 3", "3"),
        ("Feedback: fine.\n[RESULT] (5)", "5"),
        ("[RESULT] 2/5", "2"),
        ("[RESULT] 2 out of 5", "2"),
        ("**[RESULT]** 4.", "4"),
        ("Result: 4", "4"),
        ("[RESULT] 2\nOn reflection:\n[RESULT] 3", "3"),
        ("<think>[RESULT] 1</think>[RESULT] 5", "5"),
        ("[RESULT] X", "X"),
        ("[RESULT] 4.5", None),
        ("[RESULT] 4 or 5", None),
        ("[RESULT] 4-5", None),
        ("[RESULT] -4", None),
        ("[RESULT] 0", None),
        ("[RESULT] 6", None),
        ("[RESULT] 45", None),
        ("[RESULT] 4/10", None),
        ("[RESULT] four", None),
        ("[RESULT]", None),
        ("[RESULT] 4\n[RESULT] a number from 1 to 5", None),
        ("The level is 4.", None),
        ("", None),
    ],
)
def test_the_level_of_a_reply(text, level):
    assert read_level(text) == level


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_levels_without_anchors_of_their_own_are_even(level):
    found, asked, engine = drive(
        "five_levels", make_rubric("Names a dose."), lambda ask: f"Feedback: It does.\n[RESULT] {level}"
    )
    verdict = found.verdicts[Place("Names a dose.")]
    assert (verdict.value, verdict.rationale, verdict.detail) == ((level - 1) / 4, "It does.", {"level": level})
    assert "\n1 = not true of the answer\n" in engine.asked[0].suffix
    assert "\n5 = entirely true of the answer\n" in engine.asked[0].suffix
    assert [ask.purpose for ask in asked] == ["feedback"]


def test_an_ordinal_criterion_brings_its_levels_and_their_values():
    rubric = make_rubric({"id": "a", "kind": "ordinal", "levels": levels(5)})
    found, _, engine = drive("five_levels", rubric, lambda ask: "[RESULT] 3")
    assert values(found) == {"a": 0.25}
    assert "\n3 = 2: anchor 2\n" in engine.asked[0].suffix


def test_other_numbers_of_levels_are_not_asked_about():
    rubric = make_rubric({"id": "a", "kind": "ordinal", "levels": levels(3)}, {"id": "b"})
    found, asked, _ = drive("five_levels", rubric, lambda ask: "[RESULT] 5")
    assert values(found) == {"a": "refused_input", "b": 1.0}
    assert "has 3 levels" in found.verdicts[Place("a")].reason
    assert len(asked[0].request.suffixes) == 1
    _, asked, _ = drive("five_levels", make_rubric({"id": "a", "kind": "ordinal", "levels": levels(3)}), lambda ask: "")
    assert asked == []


def test_not_applicable_only_where_it_is_on_offer():
    rubric = make_rubric({"id": "a", "applies_when": "A drug is named."}, {"id": "b"})
    found, _, _ = drive("five_levels", rubric, lambda ask: "Feedback: No drug.\n[RESULT] X")
    assert values(found) == {"a": "not_applicable", "b": "unparseable"}


def test_a_failure_keeps_its_reason():
    found, _, _ = drive("five_levels", make_rubric({"id": "a"}), lambda ask: Failure(FailureKind.TIMEOUT, "slow"))
    assert values(found) == {"a": "judge_error"}


@given(st.text(max_size=60))
def test_any_reply_gives_one_of_five_values_or_none(text):
    found, _, _ = drive("five_levels", make_rubric({"id": "a"}), lambda ask: text)
    assert values(found)["a"] in (0.0, 0.25, 0.5, 0.75, 1.0, "unparseable")


def test_it_costs_its_feedback():
    assert strategies.get("five_levels").cost(Load(4, 1, "isolated", {"max_reasoning_tokens": 100})) == (1, 4, 400)

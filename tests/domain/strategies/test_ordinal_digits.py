"""Grades read from one digit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Is clear."})
LEVELS = [
    {"label": "poor", "value": 0},
    {"label": "fair", "value": 0.2, "anchor": "some of it"},
    {"label": "good", "value": 1},
]
GOOD = dict(zip("123456789", (0.01, 0.02, 0.02, 0.05, 0.1, 0.2, 0.35, 0.2, 0.05), strict=True))
TORN = dict(zip("123456789", (0.3, 0.15, 0.05, 0, 0, 0, 0.05, 0.15, 0.3), strict=True))


def judged(said, rubric=RUBRIC, **settings):
    found, asked, _ = drive("ordinal_digits", rubric, lambda ask: said, settings=settings)
    return found.verdicts[Place("a")], asked[0].request


def test_the_published_value():
    verdict, request = judged(GOOD)
    assert verdict.value == pytest.approx(0.68875)
    assert verdict.detail["mean"] == pytest.approx(6.51)
    assert verdict.detail["variance"] == pytest.approx(2.3899)
    assert (verdict.detail["mode"], verdict.detail["bimodal"], verdict.detail["low_coverage"]) == (7, False, False)
    assert request.labels == (tuple("123456789"),)
    assert request.lead(0) == "Answer: "
    assert "from 1, not at all, to 9, entirely" in request.suffixes[0][-1].text


def test_two_minds_are_flagged():
    verdict, _ = judged(TORN)
    assert (verdict.value, verdict.detail["bimodal"]) == (pytest.approx(0.5), True)


def test_mass_beside_the_digits_is_low_coverage_and_does_not_move_the_mean():
    verdict, _ = judged({name: share / 2 for name, share in GOOD.items()})
    assert verdict.value == pytest.approx(0.68875)
    assert verdict.detail["coverage"] == verdict.label_mass == pytest.approx(0.5)
    assert verdict.detail["low_coverage"] is True


@pytest.mark.parametrize(("grades", "value"), [("1-5", 0.5), ("0-9", 1 / 3), ("1-7", 1 / 3), ("0-10", 0.3)])
def test_the_grades_on_offer_are_a_setting(grades, value):
    verdict, request = judged({"3": 0.9}, grades=grades)
    low, high = map(int, grades.split("-"))
    assert request.labels == (tuple(str(n) for n in range(low, high + 1)),)
    assert verdict.value == pytest.approx(value)


def test_a_grade_of_two_tokens_is_refused():
    refused = Failure(FailureKind.REFUSED, "The label '10' is more than one token.")
    verdict, _ = judged(refused, grades="0-10")
    assert (verdict.status, verdict.value, verdict.reason) == ("refused_input", None, refused.detail)


@pytest.mark.parametrize("said", [{}, {"1": 0.04, "9": 0.05}, {"1": math.nan}, {"1": 1.4}])
def test_what_is_no_distribution_has_no_value(said):
    verdict, _ = judged(said)
    assert (verdict.status, verdict.value) == ("unparseable", None)


def test_an_ordinal_criterion_is_graded_by_its_own_levels():
    rubric = make_rubric({"id": "a", "kind": "ordinal", "levels": LEVELS})
    verdict, request = judged({"2": 0.5, "3": 0.5}, rubric, grades="1-5")
    assert request.labels == (("1", "2", "3"),)
    assert "\n1 = poor\n2 = fair: some of it\n3 = good\n" in "".join(part.text for part in request.suffixes[0])
    assert verdict.value == pytest.approx(0.6)
    assert verdict.detail["mean"] == pytest.approx(2.5)


def test_a_criterion_that_may_not_apply_has_one_more_answer():
    rubric = make_rubric({"id": "a", "applies_when": "A drug is named."})
    verdict, request = judged({"X": 0.5, "9": 0.4}, rubric)
    assert (verdict.status, request.labels[0][-1]) == ("not_applicable", "X")
    verdict, _ = judged({"X": 0.3, "9": 0.6}, rubric)
    assert (verdict.value, verdict.detail["coverage"]) == (1.0, pytest.approx(0.6))


@given(st.dictionaries(st.sampled_from("123456789"), st.floats(0, 0.3)))
def test_the_value_lies_between_0_and_1_or_there_is_none(said):
    verdict, _ = judged(said)
    assert verdict.is_scored == (0.1 <= sum(said.values()) <= 1 + 1e-6)
    if verdict.is_scored:
        assert 0 <= verdict.value <= 1
        assert verdict.value == pytest.approx((verdict.detail["mean"] - 1) / 8)


@given(st.integers(1, 9), st.integers(1, 9))
def test_more_mass_on_a_higher_grade_is_never_a_lower_value(one, other):
    lower, higher = sorted((one, other))
    assert judged({str(lower): 0.9})[0].value <= judged({str(higher): 0.9})[0].value


def test_it_costs_one_token_a_criterion_and_knows_its_settings():
    strategy = strategies.get("ordinal_digits")
    assert strategy.cost(Load(3, 1, "isolated", {})) == (1, 3, 3)
    (grades,) = strategy.about.settings
    assert grades.check("0-10") and not grades.check("0-100") and not grades.check(5)
    assert values(drive("ordinal_digits", RUBRIC, lambda ask: {"5": 1.0})[0]) == {"a": 0.5}

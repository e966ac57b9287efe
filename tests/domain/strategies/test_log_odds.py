"""Log odds of Yes against No."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.log_odds import log_odds
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "The tone is kind."})


def test_the_published_value():
    found, asked, _ = drive("log_odds", RUBRIC, lambda ask: {" Yes": 0.72, " No": 0.08})
    verdict = found.verdicts[Place("a")]
    assert verdict.detail["log_odds"] == pytest.approx(2.197225, abs=1e-6)
    assert verdict.value == pytest.approx(0.9)
    assert asked[0].request.labels == ((" Yes", " No"),)


@pytest.mark.parametrize(("said", "missing"), [({" Yes": 0.9}, "No"), ({" No": 0.9}, "Yes")])
def test_without_one_of_the_words_there_are_no_odds(said, missing):
    found, _, _ = drive("log_odds", RUBRIC, lambda ask: said)
    verdict = found.verdicts[Place("a")]
    assert (verdict.status, verdict.value) == ("cannot_assess", None)
    assert f"gave {missing} no probability" in verdict.reason
    assert verdict.label_mass == pytest.approx(0.9)


def test_a_failure_keeps_its_reason():
    found, asked, _ = drive("log_odds", RUBRIC, lambda ask: Failure(FailureKind.REFUSED, "no such token"))
    assert (values(found), len(asked)) == ({"a": "refused_input"}, 1)


def test_too_little_mass_is_no_value():
    found, _, _ = drive("log_odds", RUBRIC, lambda ask: {" Yes": 0.01, " No": 0.02})
    assert values(found) == {"a": "unparseable"}


@given(st.floats(1e-300, 0.5), st.floats(1e-300, 0.5))
def test_swapping_the_words_turns_the_sign(yes, no):
    there, back = log_odds(yes, no), log_odds(no, yes)
    assert there is not None and back is not None and there == -back


@given(st.floats(0.06, 0.5), st.floats(0.06, 0.5))
def test_the_value_is_the_logistic_of_the_odds(yes, no):
    found, _, _ = drive("log_odds", RUBRIC, lambda ask: {" Yes": yes, " No": no})
    verdict = found.verdicts[Place("a")]
    assert verdict.value == pytest.approx(1 / (1 + math.exp(-verdict.detail["log_odds"])))


def test_it_costs_one_token_a_criterion():
    assert strategies.get("log_odds").cost(Load(7, 1, "isolated", {})) == (1, 7, 7)

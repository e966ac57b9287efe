"""The likelihood of the reference answer, in each form."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.reference_likelihood import FORMS, measure, value_of, vanishes
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

NAME = "reference_likelihood"
RUBRIC = make_rubric({"id": "a", "kind": "answer", "text": "Reaches the result.", "needs": ["reference"]})
PUBLISHED = (-0.1, -0.2, -0.7)


def judged(script, **more):
    return drive(NAME, RUBRIC, script, **{"reference": "7 mg", **more})


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("sum", -1.0),
        ("mean", -1 / 3),
        ("prob", 0.3678794),
        ("geo_mean", 0.7165313),
        ("mean_prob", 0.7400512),
    ],
)
def test_the_published_token_log_probabilities(form, expected):
    assert measure(PUBLISHED, form) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("form", "value"),
    [("sum", 0.9), ("mean", 1 - 1 / 30), ("prob", 0.3678794), ("geo_mean", 0.7165313), ("mean_prob", 0.7400512)],
)
def test_nats_become_values_by_a_line_and_probabilities_stay(form, value):
    found, asked, _ = judged(lambda ask: PUBLISHED, settings={"form": form})
    assert values(found) == {"a": pytest.approx(value)}
    verdict = found.verdicts[Place("a")]
    assert verdict.detail["sum"] == pytest.approx(-1.0)
    assert verdict.detail["tokens"] == 3
    assert verdict.detail["vanishing"] is False
    assert [ask.purpose for ask in asked] == ["likelihoods"]
    assert found.origins == {Place("a"): (0, 0)}


def test_the_reference_is_asked_for_after_the_answer_and_shown_nowhere():
    _, _, engine = judged(lambda ask: PUBLISHED, reference="  7 mg \n")
    assert engine.asked[0].continuation == " 7 mg"
    assert engine.asked[0].lead == "Answer:"
    assert "Take 5 mg." in engine.asked[0].shared
    assert "7 mg" not in engine.asked[0].shared + engine.asked[0].suffix


def test_the_gain_is_what_the_answer_adds():
    def script(ask):
        return (-0.1, -0.1) if "Take 5 mg." in ask.shared else (-2.1, -2.1)

    found, asked, _ = judged(script, settings={"gain": True})
    assert [ask.purpose for ask in asked] == ["likelihoods", "baseline"]
    assert values(found) == {"a": pytest.approx(0.5 + 2.0 / 10 / 2)}
    same, _, _ = judged(lambda ask: PUBLISHED, settings={"gain": True})
    assert values(same) == {"a": 0.5}


def test_a_likelihood_too_small_to_compare_says_so():
    found, _, _ = judged(lambda ask: (-9.0, -9.5, -4.0), settings={"form": "prob"})
    assert found.verdicts[Place("a")].detail["vanishing"] is True
    assert vanishes(1e-9, "prob", 10) and not vanishes(1e-7, "prob", 10)
    assert vanishes(-10.0, "mean", 10) and not vanishes(-9.0, "mean", 10)


def test_without_a_reference_nothing_is_asked():
    found, asked, _ = judged(lambda ask: PUBLISHED, reference=" ")
    assert values(found) == {"a": "refused_input"}
    assert asked == []


@pytest.mark.parametrize("broken", [(), (math.nan, -0.1), (0.2,), (-math.inf,), (-0.1, math.inf)])
@pytest.mark.parametrize("gain", [True, False])
def test_numbers_that_are_none_give_no_value(broken, gain):
    found, _, _ = judged(lambda ask: broken, settings={"gain": gain})
    assert values(found) == {"a": "unparseable"}


def test_a_baseline_that_fails_leaves_no_value():
    def script(ask):
        return PUBLISHED if "Take 5 mg." in ask.shared else Failure(FailureKind.TIMEOUT, "slow")

    found, _, _ = judged(script, settings={"gain": True})
    assert values(found) == {"a": "judge_error"}
    away, _, _ = judged(lambda ask: Failure(FailureKind.UNAVAILABLE, "gone"))
    assert (values(away), away.away) == ({}, "gone")


TOKENS = st.lists(st.floats(-50, 0), min_size=1, max_size=30)


@given(TOKENS, st.sampled_from(FORMS), st.one_of(st.none(), TOKENS), st.floats(0.1, 100))
def test_every_value_lies_between_0_and_1(tokens, form, before, floor):
    value = value_of(measure(tokens, form), form, before=None if before is None else measure(before, form), floor=floor)
    assert 0 <= value <= 1 + 1e-12


@given(TOKENS, st.sampled_from(FORMS))
def test_likelier_tokens_never_lower_it(tokens, form):
    halved = [token / 2 for token in tokens]
    low, high = (value_of(measure(each, form), form, before=None, floor=10) for each in (tokens, halved))
    assert low <= high + 1e-12


def test_a_gain_costs_a_second_request():
    strategy = strategies.get(NAME)
    assert strategy.cost(Load(2, 1, "isolated", {})) == (1, 2, 2)
    assert strategy.cost(Load(2, 1, "isolated", {"gain": True})) == (2, 4, 4)

"""An answer against its reference, in both orders, without what the place adds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.anchored import debiased
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Names a dose."})
ANSWER, ANCHOR = "Take 5 mg.", "Ask your doctor."


def biased(quality, bias):
    """A judge to whom the answer wins with this probability, and the first place adds so much."""

    def script(ask):
        first = ask.shared.index(ANSWER) < ask.shared.index(ANCHOR)
        chance = (quality if first else 1 - quality) + bias
        return {" A": chance, " B": 1 - chance}

    return script


def judged(script, reference=ANCHOR, **settings):
    return drive("anchored", RUBRIC, script, answers=(ANSWER,), reference=reference, settings=settings)


@given(st.floats(0.3, 0.7), st.floats(-0.3, 0.3))
def test_a_bias_for_the_first_place_cancels_exactly(quality, bias):
    found, _, _ = judged(biased(quality, bias), tie_gap=1)
    verdict = found.verdicts[Place("a")]
    assert verdict.value == pytest.approx(quality, abs=1e-9)
    assert verdict.detail["gap"] == pytest.approx(abs(2 * bias), abs=1e-5)


def test_the_published_formula():
    assert debiased(0.8, 0.4) == pytest.approx(0.7)
    assert debiased(1.0, 1.0) == 0.5
    assert debiased(1.0, 0.0) == 1.0


def test_a_wide_gap_is_a_tie_that_keeps_what_was_measured():
    found, _, _ = judged(biased(0.7, 0.3), tie_gap=0.5)
    verdict = found.verdicts[Place("a")]
    assert (verdict.value, verdict.detail["tied"]) == (0.5, True)
    assert verdict.probability == pytest.approx(0.7)


def test_the_reference_is_shown_as_an_answer_and_as_nothing_else():
    _, asked, engine = judged(biased(0.6, 0))
    assert [ask.purpose for ask in asked] == ["forward", "backward"]
    for ask in engine.asked:
        assert ask.shared.count(ANCHOR) == 1
        assert "Reference answer" not in ask.shared


def test_without_a_reference_nothing_is_asked():
    found, asked, _ = judged(biased(0.6, 0), reference=None)
    assert (values(found), asked) == ({"a": "refused_input"}, [])


@pytest.mark.parametrize("answer", [Failure(FailureKind.TIMEOUT, "late"), {" A": 0.01}, {" A": float("nan")}])
def test_one_broken_order_leaves_no_value(answer):
    found, _, _ = judged(lambda ask: answer if ask.shared.index(ANSWER) > ask.shared.index(ANCHOR) else " A")
    assert found.verdicts[Place("a")].value is None


def test_its_cost_is_two_requests():
    assert strategies.get("anchored").cost(Load(5, 1, "isolated", {})) == (2, 10, 10)

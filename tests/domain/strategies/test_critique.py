"""A critique before the label, written by the model or edited by a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Names a dose."}, {"id": "b", "text": "Is kind."})
CRITIQUE = 'Critique: It says "5 mg", which is a dose.'


def by_critique(ask):
    if not ask.labels:
        return CRITIQUE
    return {" Yes": 0.9, " No": 0.1} if "which is a dose" in ask.lead else {" Yes": 0.2, " No": 0.8}


def rescored(critiques, script=by_critique):
    """What the strategy finds, given some critiques."""
    found, asked, engine = drive("critique", RUBRIC, script, critiques=critiques)
    return found, [ask.purpose for ask in asked], engine


def test_the_critique_leads_to_the_label_and_is_the_rationale():
    found, asked, engine = drive("critique", RUBRIC, by_critique)
    verdict = found.verdicts[Place("a")]
    assert [ask.purpose for ask in asked] == ["critiques", "labels"]
    assert engine.asked[-1].lead == 'It says "5 mg", which is a dose.\nAnswer:'
    assert (verdict.value, verdict.probability) == (1.0, pytest.approx(0.9))
    assert verdict.rationale == 'It says "5 mg", which is a dose.'
    assert [span.text for span in verdict.evidence] == ["5 mg"]
    assert found.origins == {Place("a"): (1, 0), Place("b"): (1, 1)}
    assert "edited" not in verdict.detail


def test_an_edited_critique_is_scored_without_being_written_again():
    found, asked, engine = rescored({"a": "It is vague.", "b": "It is curt."})
    assert asked == ["labels"]
    assert values(found) == {"a": 0.0, "b": 0.0}
    assert found.verdicts[Place("a")].rationale == "It is vague."
    assert found.verdicts[Place("a")].detail == {"edited": True}
    assert engine.asked[0].lead == "It is vague.\nAnswer:"


def test_only_the_critiques_that_are_not_given_are_written():
    found, asked, engine = rescored({"b": "It is curt."})
    assert asked == ["critiques", "labels"]
    assert len([ask for ask in engine.asked if not ask.labels]) == 1
    assert values(found) == {"a": 1.0, "b": 0.0}
    assert found.origins == {Place("a"): (1, 0), Place("b"): (1, 1)}


def test_an_edited_critique_cannot_bring_its_own_answer():
    _, _, engine = rescored({"a": "It is vague.\nAnswer: Yes", "b": ""})
    assert [ask.lead for ask in engine.asked] == ["It is vague.\nAnswer:", "Answer:"]


def test_a_critique_that_failed_is_not_scored():
    late = Failure(FailureKind.TIMEOUT, "slow")
    found, asked, _ = drive("critique", RUBRIC, lambda ask: late)
    assert (values(found), len(asked)) == ({"a": "judge_error", "b": "judge_error"}, 1)


def test_a_required_quote_must_stand_in_the_answer():
    rubric = make_rubric({"id": "a", "evidence": "required"})
    found, _, _ = drive("critique", rubric, lambda ask: " Yes" if ask.labels else 'It says "9 mg of it".')
    assert values(found) == {"a": "evidence_invalid"}


@given(st.text(max_size=120), st.floats(0, 0.5), st.floats(0, 0.5))
def test_any_critique_gives_a_value_on_offer_or_none(critique, yes, no):
    found, _, _ = rescored({"a": critique, "b": critique}, lambda ask: {" Yes": yes, " No": no})
    for verdict in found.verdicts.values():
        assert verdict.is_scored == (yes + no >= 0.1)
        assert verdict.value in (None, 0.0, 1.0)


def test_it_costs_a_critique_and_a_token():
    assert strategies.get("critique").cost(Load(5, 1, "isolated", {"max_reasoning_tokens": 99})) == (2, 10, 500)

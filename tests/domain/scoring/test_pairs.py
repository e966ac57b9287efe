"""Scores of pairs: published cases, pitfalls, hard rules, missing verdicts, and the content gate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import pipeline, scoring
from domain import rubric as rubrics
from domain.verdicts import Status
from tests.domain.builders import documents, make_rubric, make_verdict, verdicts

THREE = make_rubric({"id": "core", "weight": 5}, {"id": "important", "weight": 2}, {"id": "highlight", "weight": 1})


def raw_of(rubric, known, **more) -> float:
    """The raw score of a pair that has one."""
    raw = scoring.score_pair(rubric, known, **more).raw
    assert raw is not None
    return raw


def step(score):
    """A comparison from −2 to 2 as a value."""
    return (score + 2) / 4


def test_openrs_weighs_the_criteria_that_prefer_an_answer():
    """Core +1 (weight 5), important −2 (weight 2), highlight a tie: (5 − 4) / 7; OpenRS leaves a tie out."""
    known = verdicts(core=step(1), important=step(-2), highlight=Status.NOT_APPLICABLE)
    raw = raw_of(THREE, known)
    assert (raw - 0.5) * 4 == pytest.approx(0.142857, abs=1e-6)


def test_a_tie_counts_in_the_divisor():
    known = verdicts(core=step(1), important=step(-2), highlight=step(0))
    assert (raw_of(THREE, known) - 0.5) * 4 == pytest.approx(1 / 8)


def test_a_hard_rule_outweighs_all_principles():
    rubric = make_rubric({"id": "rule", "role": "hard_rule"}, {"id": "core", "weight": 5, "role": "principle"})
    known = verdicts(rule=step(-1), core=step(2))
    score = scoring.score_pair(rubric, known, hard_rules_first=True)
    assert (raw_of(rubric, known, hard_rules_first=True) - 0.5) * 4 == pytest.approx(-1)
    assert score.contributions == {"rule": pytest.approx(-0.25), "core": 0.0}
    assert raw_of(rubric, known) > 0.5


def test_where_the_hard_rules_tie_the_principles_decide():
    rubric = make_rubric({"id": "rule", "role": "hard_rule"}, {"id": "core", "weight": 5})
    known = verdicts(rule=0.5, core=1.0)
    assert scoring.score_pair(rubric, known, hard_rules_first=True).raw == 1.0
    only = make_rubric({"id": "rule", "role": "hard_rule"})
    assert scoring.score_pair(only, verdicts(rule=0.5), hard_rules_first=True).raw == 0.5


def test_all_ties_are_a_tie():
    assert scoring.score_pair(THREE, verdicts(core=0.5, important=0.5, highlight=0.5)).raw == 0.5


def test_a_pitfall_counts_the_other_way():
    rubric = make_rubric({"id": "blames", "polarity": "negative"})
    assert scoring.score_pair(rubric, verdicts(blames=1.0)).raw == 0.0
    assert scoring.score_pair(rubric, verdicts(blames=0.0)).raw == 1.0


def test_a_missing_verdict_follows_the_policy_of_the_rubric():
    known = verdicts(core=1.0, important=Status.UNPARSEABLE, highlight=0.5)
    denied = make_rubric(*THREE.model_dump()["criteria"], unscored={"other": "null"})
    score = scoring.score_pair(denied, known)
    assert (score.raw, score.status) == (None, "unparseable")
    left_out = make_rubric(*THREE.model_dump()["criteria"], unscored={"other": "exclude"})
    score = scoring.score_pair(left_out, known)
    assert score.status == "partial"
    assert score.raw == pytest.approx(0.5 + 0.5 * 5 / 6)
    assert score.coverage == pytest.approx(6 / 8)


def test_no_weight_at_all_is_no_score():
    rubric = make_rubric({"id": "a", "weight": 0})
    assert scoring.score_pair(rubric, verdicts(a=1.0)).raw is None


@pytest.mark.parametrize(
    ("first", "second", "starts", "value"),
    [
        ("", "Good day.", "Answer A: The answer is empty.", 0.0),
        ("Good day.", " … ", "Answer B: The answer has no words.", 1.0),
        ("", "", "Both answers: The answer is empty.", 0.5),
        ("", " … ", "Both answers: Neither has anything to judge.", 0.5),
    ],
)
def test_an_answer_with_nothing_in_it_loses_by_rule(first, second, starts, value):
    reason = scoring.pair_gate(THREE, first, second) or ""
    assert reason == starts
    assert len(reason) <= 60
    score = scoring.score_pair(THREE, {}, content_reason=reason)
    assert (score.raw, scoring.recompute(score.trace)) == (value, value)


def test_two_answers_with_words_are_judged():
    assert scoring.pair_gate(THREE, "Good day.", "Good night.") is None


@given(documents(), st.data(), st.booleans())
def test_a_score_is_in_range_recomputes_and_turns_round_with_the_answers(document, data, hard_first):
    rubric = rubrics.parse(document)
    known = {c.id: make_verdict(c.id, data.draw(st.floats(0, 1))) for c in rubric.criteria}
    swapped = {name: make_verdict(name, 1 - (verdict.value or 0.0)) for name, verdict in known.items()}
    score = scoring.score_pair(rubric, known, hard_rules_first=hard_first)
    other = scoring.score_pair(rubric, swapped, hard_rules_first=hard_first)
    assert scoring.recompute(score.trace) == score.raw
    if score.raw is None or other.raw is None:
        assert score.raw == other.raw
        return
    assert 0 <= score.raw <= 1
    assert score.raw == pytest.approx(1 - other.raw, abs=1e-6)
    assert 0.5 + sum(score.contributions.values()) == pytest.approx(score.raw, abs=1e-9)


OPENRS = (
    {"id": "fatal", "gate": {"when": "below", "value": 0.5, "floor": 0.0}},
    {"id": "core", "weight": 5},
    {"id": "important", "weight": 2},
    {"id": "highlight", "weight": 1},
)


def openrs(**more):
    return make_rubric(*OPENRS, scoring=[{"step": "critical", **more}])


def test_a_critical_criterion_overrides_the_others_of_a_pair():
    """OpenRS: the critical ones alone where they speak, their sum within −2 and 2."""
    known = verdicts(fatal=step(-1), core=step(2), important=step(2), highlight=step(2))
    score = scoring.score_pair(openrs(), known)
    assert score.raw == 0.25
    assert [one["step"] for one in score.trace] == ["critical", "affine", "clamp"]
    assert scoring.recompute(score.trace) == score.raw
    assert 0.5 + sum(score.contributions.values()) == pytest.approx(score.raw)
    assert score.baseline == 0.5


def test_where_no_critical_criterion_speaks_ties_are_left_out_as_published():
    """Core +1 (weight 5), important −2 (weight 2), highlight a tie: (5 − 4) / 7."""
    known = verdicts(fatal=step(0), core=step(1), important=step(-2), highlight=step(0))
    raw = raw_of(openrs(), known)
    assert (raw - 0.5) * 4 == pytest.approx(0.142857, abs=1e-6)
    assert raw_of(openrs(values="signed", reach=5.0), known) == pytest.approx(raw)


def test_all_ties_under_a_critical_override_are_a_tie():
    assert raw_of(openrs(), verdicts(fatal=0.5, core=0.5, important=0.5, highlight=0.5)) == 0.5
    light = make_rubric({**OPENRS[0], "weight": 0}, scoring=[{"step": "critical"}])
    assert raw_of(light, verdicts(fatal=0.5)) == 0.5
    assert raw_of(light, verdicts(fatal=1.0)) == 1.0


def test_weights_by_tier_hold_for_pairs_and_steps_for_single_answers_do_not():
    tiers = [{"step": "tiers", "essential": 3.0, "untiered": 1.0}, {"step": "weighted"}, {"step": "clamp"}]
    made = make_rubric({"id": "a", "tier": "essential"}, {"id": "b", "weight": 7}, scoring=tiers)
    score = scoring.score_pair(made, verdicts(a=1.0, b=0.0))
    assert score.raw == pytest.approx(0.5 + (3 - 1) / 8)
    assert [one["step"] for one in score.trace] == ["tiers", "pair"]
    assert scoring.recompute(score.trace) == score.raw


def test_lengths_are_not_needed_to_compare():
    steps = [{"step": "weighted"}, {"step": "length_band", "low": 1, "high": 2}]
    made = make_rubric("a", scoring=steps)
    assert raw_of(made, verdicts(a=1.0)) == 1.0


def test_traces_stored_before_pairs_had_steps_recompute():
    terms = [
        {"id": "rule", "weight": 1.0, "value": 0.25, "pitfall": False, "hard": True},
        {"id": "core", "weight": 5.0, "value": 1.0, "pitfall": False, "hard": False},
    ]
    old = {"step": "pair", "in": {"terms": terms, "hard_rules_first": True}, "out": 0.25}
    assert scoring.recompute([old]) == 0.25
    assert pipeline.told(old, {"rule": 1, "core": 2}).startswith("The hard rules (criteria 1) prefer one answer")


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.sampled_from(["gated", "essential"]), st.randoms(),
       st.floats(0.1, 100))  # fmt: skip
def test_a_critical_override_turns_round_with_the_answers_and_heeds_no_order(values, which, random, reach):
    criteria = [dict(one) for one in OPENRS]
    criteria[2]["tier"] = "essential"
    steps = [{"step": "critical", "which": which, "reach": reach}]
    made = make_rubric(*criteria, scoring=steps)
    names = [str(one["id"]) for one in criteria]
    known = {name: make_verdict(name, value) for name, value in zip(names, values, strict=True)}
    swapped = {name: make_verdict(name, 1 - value) for name, value in zip(names, values, strict=True)}
    score = scoring.score_pair(made, known)
    assert score.raw == pytest.approx(1 - raw_of(made, swapped), abs=1e-9)
    assert scoring.recompute(score.trace) == score.raw
    random.shuffle(criteria)
    assert raw_of(make_rubric(*criteria, scoring=steps), known) == score.raw

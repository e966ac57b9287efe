"""Steps that look at lengths: scores, traces, ranges, refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, pipeline, rubric, scoring
from tests.domain.builders import make_rubric

STEPS = [
    {"step": "length_ramp", "limit": 100.0, "cache": 20.0, "strength": 0.5},
    {"step": "length_band", "low": 10.0, "high": 20.0, "scale": 10.0, "strength": 0.2, "most": 0.3},
    {"step": "length_decay", "reference": 100.0, "rate": 0.5},
    {"step": "length_cosine", "longest": 100.0},
    {"step": "length_group", "strength": 0.2},
]


def made(step):
    return make_rubric("a", scoring=[{"step": "weighted"}, step])


def scored(said, *answers):
    """The scores of answers given as value and number of words, together."""
    values = [scoring.from_values(said, {"a": value}) for value, _ in answers]
    return scoring.score_group(said, values, lengths=[{"words": size} for _, size in answers])


@pytest.mark.parametrize(("step", "answers", "expected"), [
    (STEPS[0], [(1.0, 80.0), (1.0, 90.0), (0.5, 200.0)], [1.0, 0.75, 0.0]),
    (STEPS[1], [(1.0, 15.0), (1.0, 5.0), (1.0, 1000.0)], [1.0, 0.9, 0.7]),
    (STEPS[2], [(0.8, 50.0), (0.8, 200.0), (0.0, 900.0)], [0.8, 0.8 * math.exp(-0.5), 0.0]),
    (STEPS[3], [(1.0, 0.0), (1.0, 100.0), (0.0, 0.0), (0.0, 100.0), (0.5, 50.0)], [1.0, 0.5, -0.5, 0.0, 0.25]),
    (STEPS[4], [(1.0, 10.0), (1.0, 20.0), (1.0, 30.0), (0.0, 10.0)], [1.1, 1.0, 0.9, 0.0]),
])  # fmt: skip
def test_known_scores_and_traces_that_give_them_again(step, answers, expected):
    found = scored(made(step), *answers)
    assert [one.raw for one in found] == pytest.approx(expected)
    assert [scoring.recompute(one.trace) for one in found] == [one.raw for one in found]
    assert found[0].trace[-1]["in"]["lengths"] == {"words": answers[0][1]}


@pytest.mark.parametrize("step", STEPS)
def test_without_a_length_it_is_refused(step):
    said = made(step)
    with pytest.raises(errors.Invalid) as refused:
        scoring.score_group(said, [scoring.from_values(said, {"a": 1.0})])
    assert refused.value.code == "length_needed"


def test_one_answer_alone_has_no_group_and_an_unscored_one_no_score():
    said = made(STEPS[4])
    with pytest.raises(errors.Invalid) as refused:
        scoring.score(said, scoring.from_values(said, {"a": 1.0}), lengths={"words": 3})
    assert refused.value.code == "group_needed"
    found = scored(said, (None, 1.0), (1.0, 10.0), (1.0, 30.0))
    assert [one.raw for one in found] == [None, pytest.approx(1.1), pytest.approx(0.9)]


@given(st.sampled_from(STEPS), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 5000)), min_size=1, max_size=6))
def test_scores_stay_in_the_declared_range(step, answers):
    said = made(step)
    low, high = pipeline.span(said.scoring, rubric.layout_of(said))
    assert all(low - 1e-9 <= one.raw <= high + 1e-9 for one in scored(said, *answers))


@given(st.sampled_from(STEPS[:4]), st.floats(0, 1), st.floats(0, 1), st.floats(0, 5000))
def test_at_one_length_the_better_answer_stays_better(step, one, two, size):
    said = made(step)
    assert pipeline.way(said.scoring, rubric.layout_of(said)) is pipeline.Way.UP
    low, high = scored(said, (min(one, two), size), (max(one, two), size))
    assert low.raw <= high.raw + 1e-12


@pytest.mark.parametrize(("step", "pointer"), [
    ({"step": "length_ramp", "limit": 10.0, "cache": 20.0}, "/scoring/1/cache"),
    ({"step": "length_band", "low": 10.0, "high": 5.0}, "/scoring/1/low"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_where_it_stands(step, pointer):
    with pytest.raises(errors.Invalid) as refused:
        made(step)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_a_cosine_that_favours_wrong_answers_promises_nothing():
    said = made({"step": "length_cosine", "wrong_long": 3.0})
    assert pipeline.way(said.scoring, rubric.layout_of(said)) is pipeline.Way.NONE


@pytest.mark.parametrize("step", STEPS)
def test_each_says_what_it_does(step):
    said = made(step)
    last = said.scoring[-1]
    assert last.reading().endswith(".")
    entry = scored(said, (1.0, 90.0))[0].trace[-1]
    assert "90 words" in last.told(entry["in"], entry["out"], {})

"""Where scores cross as one weight grows, and which weight moves most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import scoring
from domain.scoring import sensitivity
from tests.domain.builders import DEGREES, make_rubric, make_verdict
from tests.domain.scoring.test_table import make_table


def rows(*values):
    return [
        {name: None if value is None else make_verdict(name, value) for name, value in row.items()} for row in values
    ]


def test_two_answers_cross_where_their_weighted_values_are_equal():
    made = make_rubric({"id": "a", "weight": 1}, {"id": "b", "weight": 3})
    table = make_table(made, rows({"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 1.0}))
    found = sensitivity.curves(made, table, "a", [1, 1], most=8)
    assert len(found.crossings) == 1
    assert found.crossings[0].weight == pytest.approx(3.0)
    assert found.crossings[0].score == pytest.approx(0.5)
    assert found.scores.shape == (2, sensitivity.POINTS)
    assert not sensitivity.curves(made, table, "a", [1, 2], most=8).crossings


@given(DEGREES, DEGREES, DEGREES, DEGREES, st.floats(0.5, 5))
def test_a_crossing_is_a_weight_at_which_both_score_the_same(a, b, c, d, other):
    made = make_rubric({"id": "x", "weight": 1}, {"id": "y", "weight": other})
    table = make_table(made, rows({"x": a, "y": b}, {"x": c, "y": d}))
    for one in sensitivity.curves(made, table, "x", [1, 1], most=10).crossings:
        first, second = scoring.scores_of(made, table, weights={"x": one.weight}).raw
        assert first == pytest.approx(second, abs=1e-9)
        if abs(a - c) > 1e-6:
            assert one.weight == pytest.approx(other * (d - b) / (a - c), abs=1e-5)


def test_a_tree_is_followed_though_its_curves_bend():
    made = make_rubric(
        {"id": "a", "weight": 1, "group": "g"}, {"id": "b", "weight": 1, "group": "g"}, {"id": "c", "weight": 1},
        groups=[{"id": "g", "weight": 2}], scoring=[{"step": "tree"}],
    )  # fmt: skip
    table = make_table(made, rows({"a": 1.0, "b": 0.0, "c": 0.2}, {"a": 0.0, "b": 1.0, "c": 0.3}))
    found = sensitivity.curves(made, table, "a", [1, 1], most=8).crossings
    assert len(found) == 1
    first, second = scoring.scores_of(made, table, weights={"a": found[0].weight}).raw
    assert first == pytest.approx(second, abs=1e-9)


def test_a_jump_over_another_curve_is_no_crossing_and_no_score_has_no_curve():
    made = make_rubric({"id": "a", "weight": 1, "tier": "essential"}, {"id": "b", "weight": 1})
    table = make_table(made, rows({"a": None, "b": 1.0}, {"a": 0.5, "b": 0.5}))
    found = sensitivity.curves(made, table, "a", [1, 1], most=4)
    assert found.crossings == ()
    assert (found.scores[0] != found.scores[0])[1:].all()


def test_the_tornado_puts_the_weight_that_moves_most_first():
    made = make_rubric(
        {"id": "other", "weight": 1},
        {"id": "small", "weight": 1},
        {"id": "large", "weight": 4},
        {"id": "none", "weight": 0},
    )
    table = make_table(
        made,
        rows(
            {"small": 1.0, "large": 0.0, "other": 0.0, "none": 1.0},
            {"small": 0.0, "large": 0.3, "other": 0.0, "none": 1.0},
        ),
    )
    found = sensitivity.tornado(made, table, [1, 1])
    assert [swing.criterion for swing in found] == ["small", "large", "other"]
    top = found[0]
    assert top.answer == 0
    assert top.low == pytest.approx(0.5 / 5.5 - 1 / 6)
    assert top.high == pytest.approx(2 / 7 - 1 / 6)
    assert [swing.flips for swing in found] == [1, 1, 0]


def test_without_scores_nothing_swings():
    made = make_rubric({"id": "a", "weight": 1, "tier": "essential"})
    table = make_table(made, rows({"a": None}))
    assert [(one.answer, one.size, one.flips) for one in sensitivity.tornado(made, table, [1])] == [(None, 0.0, 0)]

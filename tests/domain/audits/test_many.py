"""One against many and ties: values worked out by hand, and the same credits as the judges' accuracies have."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import accuracy, audits, errors
from domain.audits import Band, many, ties
from tests.domain.audits.given import table, value

RIGHT = np.zeros((4, 4))
RIGHT[:, 0] = 1
SCORES = np.array([[3.0, 1, 2, 0], [2, 2, 1, 0], [1, 3, 2, 1], [np.nan, 1, 1, 1]])


def test_three_policies_rank_and_chance_by_hand():
    found = audits.run("one_against_many", table(SCORES, correct=RIGHT))
    assert [value(found, name) for name in ("strict", "lenient", "split")] == [0.25, 0.5, 0.375]
    assert value(found, "rank") == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)
    assert value(found, "wins") == pytest.approx((3 + 2.5 + 0.5 + 0) / 12)
    assert value(found, "chance") == 0.25
    assert found.rows[0][0] == "p3" and found.rows[0][2] is None
    assert [row[0] for row in found.rows] == ["p3", "p2", "p1"]
    assert "1 of 16 answers have no score" in found.notes[0]


def test_ten_answers_by_chance_are_rewardmaths_baselines():
    right = np.zeros((3, 10))
    right[:, 0] = 1
    found = audits.run("one_against_many", table(np.arange(30.0).reshape(3, 10), correct=right))
    assert value(found, "chance") == pytest.approx(0.1)
    assert value(found, "chance_rank") == pytest.approx(0.2929, abs=5e-5)
    assert found.band is Band.POOR


def test_the_source_that_fools_it_is_named():
    sources = [["right", "a", "b", "c"][n % 4] for n in range(16)]
    found = audits.run("one_against_many", table(SCORES, correct=RIGHT, tags={"source": sources}))
    assert "fooled most by a" in found.reading
    assert found.plot is not None and found.plot.series[0].y[0] == "a"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from([None, 0.0, 0.5, 1.0]), min_size=4, max_size=4), min_size=1, max_size=6))
def test_credits_are_those_of_the_accuracies(rows):
    scores = np.array([[np.nan if one is None else one for one in row] for row in rows])
    if np.isnan(scores).all():
        return
    right = np.zeros_like(scores)
    right[:, 0] = 1
    worth = many.credits_(many.held(table(scores, correct=right), "").by_prompt)
    for n, row in enumerate(rows):
        group = accuracy.Group((row[0],), tuple(row[1:]))
        if all(one is None for one in row[1:]):
            continue
        assert worth["strict"][n] == accuracy.best(group, accuracy.Ties.STRICT)
        assert worth["lenient"][n] == accuracy.best(group, accuracy.Ties.LENIENT)
        assert worth["split"][n] == pytest.approx(accuracy.best(group, accuracy.Ties.SPLIT))
        assert worth["rank"][n] == pytest.approx(accuracy.reciprocal_rank(group))


def test_ties_have_the_published_score():
    ref = [([8.0], [2.0, 3.0]), ([6.0], [7.0, 1.0])]
    tied = [([8.0, 7.0, 9.0], [3.0, 2.0]), ([5.0, 9.0], [4.0, 1.0])]
    made = [[(np.array(right), np.array(wrong)) for right, wrong in side] for side in (ref, tied)]
    found = ties.ties_score(*made)
    assert found[:4] == (1.0, 0.5, 0.5, 0.5)
    assert found.tanh == pytest.approx(-0.0433447, abs=1e-6)
    assert found.score == pytest.approx(0.6495665526, abs=1e-9)
    perfect = [(np.array([5.0, 5.0]), np.array([1.0]))]
    assert ties.ties_score([(np.array([5.0]), np.array([1.0]))], perfect).score == pytest.approx(1.01)


def test_right_answers_apart_are_found():
    right = np.array([[1.0, 1, 0], [1, 1, 0]])
    found = audits.run("ties", table(np.array([[5.0, 5, 1], [9, 5, 4]]), correct=right))
    assert value(found, "separated") == 0.5 and value(found, "accurate") == 1.0
    assert found.rows[0][0] == "p1"
    with pytest.raises(errors.Invalid, match="several right answers"):
        audits.run("ties", table(np.array([[5.0, 5, 1]]), correct=np.array([[1.0, 0, 0]])))

"""Orders against gold, and criteria that an order does not need."""

import numpy as np
import pytest

from domain import scoring
from domain.scoring import table
from domain.weighing import ranking
from tests.domain.builders import make_rubric


def test_ndcg_of_arcane() -> None:
    assert ranking.ndcg([0.9, 0.2, 0.5], [1, 3, 2], 3) == pytest.approx(0.680606, abs=1e-6)


def test_the_best_order_has_one_and_equal_gains_have_none() -> None:
    assert ranking.ndcg([3, 2, 1], [2, 1, 0]) == 1
    assert ranking.ndcg([3, 2], [1, 1]) is None
    assert ranking.ndcg([3], [1]) is None


def test_equal_scores_share_their_gains() -> None:
    tied = ranking.ndcg([0.5, 0.5], [1, 0])
    assert tied == pytest.approx((0.5 + 0.5 / np.log2(3)) / 1)
    assert tied == ranking.ndcg([0.5, 0.5], [0, 1])


def test_gains_are_places_among_the_labels() -> None:
    assert ranking.gains_of([4.5, 1, 4.5, 3]) == [2, 0, 2, 1]
    assert max(ranking.gains_of(list(range(101)))) == 10


def test_arcane_scores_follow_the_weights() -> None:
    given = make_rubric("a", "b", "c")
    values = table.Table(np.array([[1, 0.5, 0]]), np.zeros((1, 3), dtype=np.int8), np.zeros(1, dtype=bool))
    for weights, expected in (((0.5, 0.3, 0.2), 0.65), ((0.2, 0.3, 0.5), 0.35)):
        named = dict(zip("abc", weights, strict=True))
        assert scoring.scores_of(given, values, weights=named).raw[0] == pytest.approx(expected)


def test_what_decides_no_order_may_go_but_gates_and_the_last_one_stay() -> None:
    gate = {"when": "below", "value": 0.5, "floor": 0}
    given = make_rubric("a", "b", "c", {"id": "d", "gate": gate})
    values = np.array([[1, 1, 0.2, 1], [0, 0, 0.3, 1], [1, 1, 0.1, 1.0]])
    known = table.Table(values, np.zeros((3, 4), dtype=np.int8), np.zeros(3, dtype=bool))
    weights = {"a": 0.5, "b": 0.3, "c": 0.1, "d": 0.1}
    assert ranking.droppable(given, known, [1, 1, 2], weights) == ("c", "b")
    assert ranking.droppable(given, known, [1, 1, 1], weights) == ("b",)


def test_without_two_scores_of_one_prompt_nothing_is_said_to_be_of_no_use() -> None:
    given = make_rubric("a", "b")
    values = np.array([[1.0, 1.0], [0.0, 0.0]])
    unscored = table.Table(values, np.full((2, 2), table.CANNOT_ASSESS, dtype=np.int8), np.zeros(2, dtype=bool))
    scored = table.Table(values, np.zeros((2, 2), dtype=np.int8), np.zeros(2, dtype=bool))
    assert ranking.droppable(given, unscored, [1, 1], {"a": 0.5, "b": 0.5}) == ()
    assert ranking.droppable(given, scored, [1, 2], {"a": 0.5, "b": 0.5}) == ()
    assert ranking.droppable(given, scored, [1, 1], {"a": 0.5, "b": 0.5}) == ("a",)
    assert ranking.comparable(np.array([0.1, np.nan, 0.3, 0.2]), [1, 1, 1, 2]) == 1

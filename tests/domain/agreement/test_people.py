"""Who differs, whether agreement drifts, what a suggestion does, and what haste does."""

import math

import numpy as np
import pytest

from domain import agreement


def test_who_differs():
    table = agreement.of_rows([[1, 1, 0], [0, 0, 1], [1, None, None]])
    found = agreement.differing(table)
    assert found == [agreement.Differing(0.5, 4), agreement.Differing(0.5, 4), agreement.Differing(1.0, 4)]
    assert agreement.differing(agreement.of_rows([[1, None], [None, 1]])) == [agreement.Differing(None, 0)] * 2


def test_confusion_counts_both_orders():
    levels, counted = agreement.confusion(agreement.of_rows([[0, 1], [1, 1], [0, 1]]))
    assert levels == [0, 1]
    assert counted.tolist() == [[0, 2], [2, 2]]


def test_drift_falls_with_time():
    rows = [[1.0, 1.0 if n < 50 else 0.0] for n in range(100)]
    table = agreement.of_rows(rows)
    found = agreement.drift(table, np.repeat(np.arange(100.0), 2))
    assert [window.n_items for window in found] == [20] * 5
    assert [window.percent for window in found] == [1, 1, 0.5, 0, 0]
    assert [(window.low, window.high) for window in (found[0], found[-1])] == [(1, 1), (0, 0)]
    assert agreement.drift(agreement.of_rows(rows[:10]), np.arange(20.0)) == []


def test_anchoring_is_a_difference_with_an_interval():
    found = agreement.anchoring((60, 100), (90, 100))
    assert found is not None
    assert found.difference == pytest.approx(0.3)
    assert 0.15 < found.low < 0.3 < found.high < 0.45
    # Newcombe (1998), table II, case (a): 56/70 against 48/80 gives 0.0524 to 0.3339 by method 10.
    known = agreement.anchoring((48, 80), (56, 70))
    assert known is not None
    assert (known.low, known.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert agreement.anchoring((0, 0), (1, 2)) is None
    assert agreement.anchoring((1, 2), (0, 0)) is None


def test_haste_against_agreement():
    rows = [[1.0, 0.0 if n < 20 else 1.0] for n in range(80)]
    seconds = np.array([[5.0 + n, 1.0 + n / 10] for n in range(80)]).ravel()
    found = agreement.speed(agreement.of_rows(rows), seconds)
    assert [one.ratings for one in found] == [40] * 4
    assert found[0].equal == pytest.approx(0.5)
    assert found[0].seconds_from == 1
    assert agreement.speed(agreement.of_rows(rows), np.full(160, math.nan)) == []


def test_people_cannot_agree_only_where_the_whole_interval_says_so():
    chance = np.random.default_rng(3)
    noise = agreement.measure(agreement.of_rows(chance.integers(0, 2, (200, 2)).astype(float)), agreement.Metric.ALPHA)
    assert agreement.cannot_agree(noise)
    few = agreement.measure(agreement.of_rows([[0, 1], [1, 1], [0, 0]]), agreement.Metric.ALPHA)
    assert not agreement.cannot_agree(few)


def test_rules_settle_what_they_can():
    rated = [[1, 1, 1]] * 4 + [[0, 1, 1]] * 3 + [[0, 1, None]] * 2 + [[1, None, None]]
    found = {one.rule.value: (one.decided, one.left) for one in agreement.settling(agreement.of_rows(rated))}
    assert found == {"unanimous": (4, 5), "majority": (7, 2), "drop_distant": (7, 2), "spread_limit": (4, 5)}
    graded = agreement.of_rows([[0.0, 0.25, 1.0], [0.5, 0.75, 0.5]])
    found = {one.rule.value: (one.decided, one.left) for one in agreement.settling(graded)}
    assert found == {"unanimous": (0, 2), "majority": (1, 1), "drop_distant": (2, 0), "spread_limit": (1, 1)}

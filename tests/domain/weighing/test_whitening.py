"""Whitened weights: published values, the safe form, and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import weighing

TWINS = np.array([[a, a, c] for a in (0.0, 1.0) for c in (0.0, 1.0) for _ in range(2)])


def test_the_published_form_on_twins_and_one_apart():
    raw = weighing.published(TWINS)
    assert raw == pytest.approx([1.412801, 1.412801, 1.996012], abs=1e-6)
    assert raw / raw.sum() == pytest.approx([0.293014, 0.293014, 0.413972], abs=1e-6)


def test_the_safe_form_on_twins_and_one_apart():
    found = weighing.whitened(np.vstack([TWINS, TWINS]))
    assert found.weights == pytest.approx([0.295998, 0.295998, 0.408005], abs=1e-6)
    assert found.eigenvalues == pytest.approx([1.9, 1.0, 0.1])


def test_a_constant_criterion_weighs_nothing():
    column = np.array([[1.0, float(n % 2)] for n in range(8)])
    found = weighing.whitened(column)
    assert (found.weights, found.constant) == ((0.0, 1.0), (0,))
    assert weighing.published(column)[0] > weighing.published(column)[1]


def test_opposed_criteria_are_named():
    rows = np.array([[float(n % 2), 1.0 - n % 2, float(n // 2 % 2)] for n in range(16)])
    assert weighing.whitened(rows).opposed == ((0, 1),)


def test_too_little_gives_uniform_weights_and_the_reason():
    few = weighing.whitened(TWINS)
    assert few.weights == (1 / 3, 1 / 3, 1 / 3)
    assert "8 answers" in few.uniform
    assert "tells the answers apart" in weighing.whitened(np.ones((9, 2))).uniform
    same = weighing.whitened(np.array([[0.0, 0.0], [1.0, 1.0]] * 8))
    assert "only 2 different patterns" in same.uniform
    assert weighing.whitened(np.zeros((0, 0))).weights == ()


def test_pitfalls_speak_by_their_absence():
    assert weighing.oriented(np.array([[0.25, 0.25]]), [False, True]).tolist() == [[0.25, 0.75]]


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_weights_are_shares_and_none_is_above_twice_its_part(count, seed):
    rows = np.random.default_rng(seed).integers(0, 2, (40, count)).astype(float)
    found = weighing.whitened(rows)
    kept = count - len(found.constant)
    assert sum(found.weights) == pytest.approx(1)
    assert min(found.weights) >= 0
    assert found.uniform or max(found.weights) <= 2 / kept + 1e-9


def test_correlations_are_told_where_both_vary():
    rows = np.array([[float(n % 2), 1.0 - n % 2, float(n // 2 % 2), 1.0] for n in range(16)])
    found = weighing.correlations(rows)
    assert found[:3, :3] == pytest.approx(np.array([[1, -1, 0], [-1, 1, 0], [0, 0, 1]]), abs=1e-12)
    assert np.isnan(found[3]).all()
    assert np.isnan(weighing.correlations(rows[:1])).all()
    assert weighing.correlations(np.ones((5, 2))).shape == (2, 2)


def test_mixtures_of_others_make_correlations_singular():
    rows = np.array([[float(n % 2), float(n // 2 % 2), (n % 2 + n // 2 % 2) / 2] for n in range(16)])
    assert weighing.whitened(rows).singular == 1
    assert weighing.whitened(rows[:, :2]).singular == 0
    assert weighing.whitened(np.vstack([TWINS, TWINS])).singular == 1


def test_what_comes_out_negative_is_named_as_cut():
    rng = np.random.default_rng(3)
    first = rng.random(400)
    noise = rng.random((400, 4)) * 0.25
    rows = np.column_stack([first, *(first * 0.75 + noise[:, at] for at in range(4)), 1.0 - rng.random(400)])
    found = weighing.whitened(rows)
    assert all(found.weights[place] == 0 for place in found.cut)
    assert all(found.weights[place] > 0 for place in range(6) if place not in found.cut)

"""Scores along and off an axis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scoring import axes

ROWS = st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=8).map(np.array)


def test_the_known_projection():
    found = axes.project(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([1.0, 0.0]))
    assert found is not None
    assert found.on_axis.tolist() == [3.0, 0.0]
    assert found.residual.tolist() == [4.0, 0.0]
    assert found.cosine[0] == pytest.approx(0.6)
    assert np.isnan(found.cosine[1])
    assert axes.project(np.array([[1.0]]), np.array([0.0])) is None


@given(ROWS, st.permutations(range(3)))
def test_the_order_of_dimensions_does_not_matter(rows, order):
    reference = np.array([1.0, 2.0, 3.0])
    one, two = axes.project(rows, reference), axes.project(rows[:, order], reference[list(order)])
    assert one is not None
    assert two is not None
    assert two.on_axis == pytest.approx(one.on_axis)
    assert two.residual == pytest.approx(one.residual, abs=1e-9)


def test_dimensions_are_weighted_means_and_leave_out_what_is_unscored():
    worth = np.array([[1.0, 0.0, 0.5], [np.nan, 0.5, np.nan]])
    found = axes.vectors(worth, np.array([3.0, 1.0, 1.0]), ["a", "a", "b"], ["a", "b", "c"])
    assert found[0, :2].tolist() == [0.75, 0.5]
    assert found[1, 0] == 0.5
    assert np.isnan(found[:, 2]).all()
    assert np.isnan(found[1, 1])


def test_a_perfect_answer_is_one_along_any_axis():
    reference = np.array([0.2, 0.8])
    found = axes.project(np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 1.0]]), reference)
    assert found is not None
    assert axes.along(found, reference) == pytest.approx([1.0, 0.0, 0.8])
    assert np.isnan(axes.along(found, np.array([-1.0, -1.0]))).all()

"""Penalties for length: known values of each form, and what holds for any length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pipeline import penalties
from domain.pipeline.penalties import Ends

SIZES = st.lists(st.floats(0, 10_000), min_size=1, max_size=12).map(np.array)


def test_the_ramp_falls_from_the_cache_to_the_limit():
    found = penalties.ramp(np.array([0.0, 80.0, 90.0, 100.0, 150.0]), limit=100, cache=20)
    assert found.tolist() == [0.0, 0.0, -0.5, -1.0, -1.0]


def test_a_group_pays_its_shortest_and_takes_from_its_longest():
    length, right = np.array([10.0, 20.0, 30.0, 10.0]), np.array([True, True, True, False])
    assert penalties.group_relative(length, right, shortest=10, longest=30).tolist() == [0.5, 0.0, -0.5, 0.0]
    assert penalties.group_relative(length, right, shortest=10, longest=10).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_the_band_takes_by_distance_on_both_sides():
    found = penalties.band(np.array([5.0, 10.0, 15.0, 20.0, 26.0]), low=10, high=20, scale=10, strength=0.5)
    assert found.tolist() == pytest.approx([-0.25, 0.0, 0.0, 0.0, -0.3])


def test_the_exponential_is_a_factor_from_the_reference_on():
    found = penalties.exponential(np.array([50.0, 100.0, 200.0]), reference=100, rate=0.5)
    assert found.tolist() == pytest.approx([1.0, 1.0, np.exp(-0.5)])


def test_the_cosine_turns_for_wrong_answers():
    length = np.array([0.0, 50.0, 100.0, 300.0])

    def found(score):
        return penalties.cosine(length, score, longest=100, right=Ends(2, 1), wrong=Ends(-10, 0)).tolist()

    assert found(np.ones(4)) == pytest.approx([2.0, 1.5, 1.0, 1.0])
    assert found(np.zeros(4)) == pytest.approx([-10.0, -5.0, 0.0, 0.0])
    assert np.isnan(found(np.full(4, np.nan))).all()


@given(SIZES)
def test_no_form_rises_with_the_length_of_a_right_answer(sizes):
    length = np.sort(sizes)
    right = np.ones(len(length))
    found = [
        penalties.ramp(length, limit=500, cache=100),
        penalties.group_relative(length, right > 0, shortest=length[0], longest=length[-1]),
        penalties.band(length, low=0, high=200, scale=100, strength=1),
        penalties.exponential(length, reference=100, rate=0.1),
        penalties.cosine(length, right, longest=900, right=Ends(0.5, 0.0), wrong=Ends(-0.5, 0.0)),
    ]
    assert all((np.diff(each) <= 1e-12).all() for each in found)

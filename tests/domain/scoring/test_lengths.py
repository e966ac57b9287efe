"""Penalties for length: known values of each form, and what holds for any length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scoring import lengths
from domain.scoring.lengths import Ends

SIZES = st.lists(st.floats(0, 10_000), min_size=1, max_size=12).map(np.array)


def test_the_ramp_falls_from_the_cache_to_the_limit():
    found = lengths.ramp(np.array([0.0, 80.0, 90.0, 100.0, 150.0]), limit=100, cache=20)
    assert found.tolist() == [0.0, 0.0, -0.5, -1.0, -1.0]


def test_a_group_pays_its_shortest_and_takes_from_its_longest():
    length, right = np.array([10.0, 20.0, 30.0, 10.0]), np.array([True, True, True, False])
    found = lengths.group_relative(length, right, np.zeros(4, dtype=np.int64))
    assert found.tolist() == [0.5, 0.0, -0.5, 0.0]


def test_groups_do_not_touch_each_other_and_equal_lengths_change_nothing():
    length, groups = np.array([5.0, 5.0, 7.0, 9.0]), np.array([0, 0, 1, 1])
    found = lengths.group_relative(length, np.ones(4, dtype=bool), groups)
    assert found.tolist() == [0.0, 0.0, 0.5, -0.5]
    assert lengths.group_relative(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)).size == 0


def test_the_band_takes_by_distance_on_both_sides():
    found = lengths.band(np.array([5.0, 10.0, 15.0, 20.0, 26.0]), low=10, high=20, scale=10, strength=0.5)
    assert found.tolist() == pytest.approx([-0.25, 0.0, 0.0, 0.0, -0.3])


def test_the_exponential_is_a_factor_from_the_reference_on():
    found = lengths.exponential(np.array([50.0, 100.0, 200.0]), reference=100, rate=0.5)
    assert found.tolist() == pytest.approx([1.0, 1.0, np.exp(-0.5)])


def test_the_cosine_turns_for_wrong_answers():
    length = np.array([0.0, 50.0, 100.0, 300.0])

    def found(score):
        return lengths.cosine(length, score, longest=100, right=Ends(2, 1), wrong=Ends(-10, 0)).tolist()

    assert found(np.ones(4)) == pytest.approx([2.0, 1.5, 1.0, 1.0])
    assert found(np.zeros(4)) == pytest.approx([-10.0, -5.0, 0.0, 0.0])
    assert np.isnan(found(np.full(4, np.nan))).all()


@given(SIZES)
def test_no_form_rises_with_the_length_of_a_right_answer(sizes):
    length = np.sort(sizes)
    right = np.ones(len(length))
    found = [
        lengths.ramp(length, limit=500, cache=100),
        lengths.group_relative(length, right > 0, np.zeros(len(length), dtype=np.int64)),
        lengths.band(length, low=0, high=200, scale=100, strength=1),
        lengths.exponential(length, reference=100, rate=0.1),
        lengths.cosine(length, right, longest=900, right=Ends(0.5, 0.0), wrong=Ends(-0.5, 0.0)),
    ]
    assert all((np.diff(each) <= 1e-12).all() for each in found)


@given(SIZES, st.randoms(use_true_random=False))
def test_the_order_within_a_group_does_not_matter(sizes, chance):
    order = list(range(len(sizes)))
    chance.shuffle(order)
    right, groups = np.arange(len(sizes)) % 2 == 0, np.zeros(len(sizes), dtype=np.int64)
    straight = lengths.group_relative(sizes, right, groups)
    assert lengths.group_relative(sizes[order], right[order], groups).tolist() == straight[order].tolist()


@given(SIZES, st.floats(0.1, 50), st.floats(-1000, 1000))
def test_only_the_places_within_a_group_matter(sizes, scale, shift):
    groups, right = np.zeros(len(sizes), dtype=np.int64), np.ones(len(sizes), dtype=bool)
    once = lengths.group_relative(np.round(sizes), right, groups)
    again = lengths.group_relative(np.round(sizes) * scale + shift, right, groups)
    assert again == pytest.approx(once, abs=1e-6)


def test_a_design_says_what_a_penalty_does_to_stored_answers():
    change, halved = np.array([-0.6, 0.0, 0.0, np.nan]), np.array([-0.2, 0.0, 0.0, np.nan])
    found = lengths.design(change, halved, np.array([0.5, 0.6, 0.9, np.nan]))
    assert found is not None
    assert (found.lowest, found.highest) == (-0.6, 0.0)
    assert found.truncating == pytest.approx(0.4 / 3)
    assert found.gap == pytest.approx(0.4)
    assert found.outweighs
    assert lengths.design(np.array([np.nan]), np.array([np.nan]), np.array([1.0])) is None


def test_one_answer_has_no_gap():
    found = lengths.design(np.array([-0.1]), np.array([0.0]), np.array([0.5]))
    assert found is not None
    assert found.gap is None
    assert not found.outweighs

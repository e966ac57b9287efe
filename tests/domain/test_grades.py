"""Distributions over grades, with the values that were published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import grades

CHOSEN = (0, 0, 0, 0, 0.1, 0.2, 0.4, 0.2, 0.1)
REJECTED = (0, 0, 0.1, 0.2, 0.4, 0.2, 0.1, 0, 0)
GOOD = (0.01, 0.02, 0.02, 0.05, 0.1, 0.2, 0.35, 0.2, 0.05)
POOR = (0.05, 0.1, 0.2, 0.3, 0.2, 0.1, 0.03, 0.01, 0.01)
TORN = (0.3, 0.15, 0.05, 0, 0, 0, 0.05, 0.15, 0.3)


@st.composite
def shares(draw):
    raw = draw(st.lists(st.floats(0, 1, allow_nan=False), min_size=9, max_size=9).filter(lambda each: sum(each) > 0.01))
    return tuple(each / sum(raw) for each in raw)


@pytest.mark.parametrize(
    ("given", "mean", "variance"),
    [(CHOSEN, 7.0, 1.2), (REJECTED, 5.0, 1.2), (GOOD, 6.51, 2.3899), (POOR, 4.03, 2.3291), (TORN, 5.0, 12.7)],
)
def test_mean_and_variance(given, mean, variance):
    found = grades.measure(given, 1)
    assert found.mean == pytest.approx(mean)
    assert found.variance == pytest.approx(variance)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(CHOSEN, REJECTED, (0.83, 0.12, 0.05)), (GOOD, POOR, (0.8345, 0.0745, 0.0910))],
)
def test_which_of_two_is_higher(one, other, expected):
    assert grades.compare(one, other) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given", "two"),
    [
        (TORN, True),
        (GOOD, False),
        (POOR, False),
        (CHOSEN, False),
        ((1 / 9,) * 9, False),
        ((0, 0, 0, 0, 1, 0, 0, 0, 0), False),
        ((0.5, 0, 0, 0, 0, 0, 0, 0, 0.5), True),
        ((0.97, 0, 0, 0, 0, 0, 0, 0.01, 0.02), False),
        ((0.6, 0.3, 0.1, 0, 0, 0, 0, 0, 0), False),
        ((0.5, 0.5), False),
    ],
)
def test_two_minds(given, two):
    assert grades.measure(given, 1).bimodal is two


def test_mode_and_entropy():
    found = grades.measure((0.25, 0.25, 0.25, 0.25), 0)
    assert found.mode == 0
    assert found.entropy == pytest.approx(2.0)
    assert grades.measure(GOOD, 1).mode == 7
    assert grades.measure((0, 1.0), 1)[2:5] == (2, 0.0, 0.0)


@given(shares(), shares())
def test_the_three_ways_sum_to_one_and_turn_round(one, other):
    order = grades.compare(one, other)
    assert sum(order) == pytest.approx(1.0)
    assert tuple(reversed(order)) == pytest.approx(tuple(grades.compare(other, one)))


@given(shares())
def test_measures_stay_within_their_bounds(given_shares):
    found = grades.measure(given_shares, 1)
    assert 1 - 1e-9 <= found.mean <= 9 + 1e-9
    assert -1e-12 <= found.variance <= 16 + 1e-9
    assert 0 <= found.entropy <= 3.17
    assert 0 <= found.bimodality <= 1
    mirrored = grades.measure(tuple(reversed(given_shares)), 1)
    assert mirrored.bimodality == pytest.approx(found.bimodality, abs=1e-6)

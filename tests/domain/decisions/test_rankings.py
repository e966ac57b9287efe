"""Orders with ties: read, compared by Kendall's distance, brought together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from domain import errors
from domain.decisions import rankings

ranks = st.lists(st.integers(1, 5), min_size=5, max_size=5)


def test_gaps_are_closed_and_ties_stay():
    assert rankings.read_ranks({"ranks": [3, 1, 3, 4]}, 4) == (2, 1, 2, 3)


@pytest.mark.parametrize(
    "given", [{}, {"ranks": [1, 2]}, {"ranks": "123"}, {"ranks": [0, 1, 2]}, {"ranks": [1, 2, 4]},
              {"ranks": [1, 2, "3"]}, {"ranks": [1, True, 2]}, {"ranks": [1.0, 2, 3]}],
)  # fmt: skip
def test_ranks_that_are_none_are_refused(given):
    with pytest.raises(errors.Invalid):
        rankings.read_ranks(given, 3)


def test_known_distances():
    assert rankings.distance([1, 2, 3], [1, 2, 3]) == 0
    assert rankings.distance([1, 2, 3], [3, 2, 1]) == 1
    assert rankings.distance([1, 2, 3], [1, 3, 2]) == pytest.approx(1 / 3)
    assert rankings.distance([1, 1, 2], [1, 2, 3]) == pytest.approx(1 / 6)
    assert rankings.distance([1], [1]) == 0


@given(ranks, ranks)
def test_it_is_a_distance(one, other):
    apart = rankings.distance(one, other)
    assert 0 <= apart <= 1
    assert apart == rankings.distance(other, one)
    assert (apart == 0) == (rankings.dense(one) == rankings.dense(other))


@given(st.permutations(range(1, 7)), st.permutations(range(1, 7)))
def test_without_ties_it_is_kendalls_tau(one, other):
    assert rankings.distance(one, other) == pytest.approx((1 - kendalltau(one, other).statistic) / 2)


def test_the_mean_ranks_make_the_order():
    assert rankings.together([[1, 2, 3], [1, 3, 2]]) == (1, 2, 2)
    assert rankings.together([[2, 1], [2, 1], [1, 2]]) == (2, 1)

"""Exact bounds from a sample: known values, the limit of large sets, and what a whole reading says."""

import math
from fractions import Fraction

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, sample_bounds


def surprise(bad: int, of: int, bad_in_all: int, read: int) -> Fraction:
    """P(X ≤ bad) by counting, in whole numbers."""
    ways = sum(math.comb(bad_in_all, n) * math.comb(of - bad_in_all, read - n) for n in range(bad + 1) if n <= read)
    return Fraction(ways, math.comb(of, read))


@given(st.integers(1, 40).flatmap(lambda of: st.tuples(st.just(of), st.integers(1, of))), st.data())
def test_the_bound_is_the_last_share_that_is_no_surprise(sizes: tuple[int, int], data: st.DataObject) -> None:
    of, read = sizes
    bad = data.draw(st.integers(0, read))
    found = round(sample_bounds.upper_share(bad, read, of) * of)
    alpha = Fraction(1, 20)
    possible = [k for k in range(bad, of - (read - bad) + 1) if surprise(bad, of, k, read) > alpha]
    assert found == max(possible)


@pytest.mark.parametrize(("bad", "read"), [(0, 29), (0, 59), (1, 46), (3, 120)])
def test_for_a_large_set_it_is_clopper_and_pearson(bad: int, read: int) -> None:
    expected = scipy.stats.binomtest(bad, read, alternative="less").proportion_ci(0.95, method="exact").high
    found = sample_bounds.upper_share(bad, read, 1_000_000)
    assert found == pytest.approx(expected, abs=1e-4)
    assert sample_bounds.upper_share(bad, read, 500) < expected


def test_known_sizes() -> None:
    assert sample_bounds.smallest_sample(1_000_000, 0.05) == 59, "ln 0.05 / ln 0.95, rounded up"
    assert sample_bounds.smallest_sample(1_000_000, 0.1) == 29
    assert sample_bounds.smallest_sample(3, 0.1) == 3, "three have no tenth: all are read"
    assert sample_bounds.smallest_sample(10, 1.0) == 1
    assert sample_bounds.smallest_sample(10, 0.0) == 10


@given(st.integers(1, 400), st.floats(0, 1))
def test_the_smallest_sample_keeps_the_limit_and_one_less_does_not(of: int, limit: float) -> None:
    size = sample_bounds.smallest_sample(of, limit)
    assert sample_bounds.within(sample_bounds.upper_share(0, size, of), limit)
    if size > 1:
        assert not sample_bounds.within(sample_bounds.upper_share(0, size - 1, of), limit)


def test_all_read_is_known_and_nothing_read_says_nothing() -> None:
    assert sample_bounds.upper_share(2, 10, 10) == 0.2
    assert sample_bounds.upper_share(0, 10, 10) == 0
    assert sample_bounds.upper_share(0, 0, 10) == 1
    for bad, read, of in ((2, 1, 5), (-1, 1, 5), (0, 6, 5), (0, 0, 0)):
        with pytest.raises(errors.Invalid):
            sample_bounds.upper_share(bad, read, of)
    with pytest.raises(errors.Invalid):
        sample_bounds.smallest_sample(0, 0.1)

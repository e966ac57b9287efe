"""Agreement on known values from the literature, and what is not defined."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import agreement, errors

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), part C: four observers, twelve units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [list(row) for row in zip(*OBSERVERS, strict=True)]


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_example(level, alpha):
    assert agreement.krippendorff_alpha(UNITS, level=level) == pytest.approx(alpha, abs=5e-4)


def test_kappa_of_cohens_two_by_two_example():
    # 20 both yes, 5 and 10 apart, 15 both no: observed 0.7, by chance 0.5.
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert agreement.cohen_kappa(first, second) == pytest.approx(0.4)


def test_weighted_kappa_forgives_near_misses():
    first, second = [1, 2, 3, 4, 1.5], [1, 2, 4, 4, None]
    plain = agreement.cohen_kappa(first, second)
    weighted = agreement.cohen_kappa(first, second, weights="quadratic")
    assert plain == pytest.approx(2 / 3)
    assert weighted == pytest.approx(11 / 12)


def test_kappa_is_not_defined_where_nothing_varies():
    assert agreement.cohen_kappa([1, 1], [1, 1]) is None
    assert agreement.cohen_kappa([], []) is None
    assert agreement.cohen_kappa([1, None], [None, 1]) is None


def test_columns_of_different_length_are_refused():
    with pytest.raises(errors.Invalid):
        agreement.pair([1], [1, 2])


def test_items_that_one_rater_lacks_are_counted():
    assert agreement.pair([1, None, 2], [1, 1, None]) == agreement.Paired([1], [1], 2)


def test_percent_counts_pairs_of_ratings():
    assert agreement.percent([[1, 1, 0], [1, None, 1], [None, None, 1]]) == pytest.approx(2 / 4)
    assert agreement.percent([[1, None]]) is None
    assert agreement.percent([]) is None


def test_alpha_is_not_defined_without_variation_or_pairs():
    assert agreement.krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert agreement.krippendorff_alpha([[1, None], [None, 2]]) is None


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0, None]), min_size=2, max_size=2), max_size=12))
def test_order_of_raters_does_not_matter(ratings):
    turned = [row[::-1] for row in ratings]
    assert agreement.percent(ratings) == agreement.percent(turned)
    assert agreement.krippendorff_alpha(ratings) == pytest.approx(agreement.krippendorff_alpha(turned), abs=1e-12)


def ends(found):
    assert found.low is not None
    return found.low, found.high


def width(found):
    low, high = ends(found)
    return high - low


def test_the_interval_holds_the_value_and_repeats():
    ratings = [[n % 2, n % 2 if n % 5 else 1 - n % 2] for n in range(60)]
    found = agreement.interval(agreement.percent, ratings, seed=7, resamples=300)
    assert found.value == pytest.approx(0.8)
    assert ends(found)[0] < 0.8 < ends(found)[1]
    assert found.n_items == 60
    assert found == agreement.interval(agreement.percent, ratings, seed=7, resamples=300)
    narrow = agreement.interval(agreement.percent, ratings, seed=7, resamples=300, confidence=0.5)
    assert width(narrow) < width(found)


def test_the_bootstrap_covers_a_known_proportion():
    # A share of 0.8 over 200 items has a standard error of 0.028.
    ratings = [[1, 1]] * 160 + [[0, 1]] * 40
    found = agreement.interval(agreement.percent, ratings, seed=1)
    assert width(found) / (2 * 1.96) == pytest.approx(math.sqrt(0.8 * 0.2 / 200), rel=0.1)


def test_no_interval_where_most_resamples_are_not_defined():
    one = agreement.interval(agreement.percent, [[1, 1]], seed=1)
    assert one == agreement.Interval(1.0, None, None, 1)
    assert agreement.interval(agreement.percent, [[1, None], [None, 1]], seed=1).value is None
    rare = [[1, 2]] + [[1, None]] * 40
    found = agreement.interval(agreement.percent, [[1, 1], *rare[1:]], seed=1, resamples=100)
    assert found.value == 1.0
    always = agreement.interval(
        lambda ratings: 1.0 if len({tuple(row) for row in ratings}) > 25 else None, [[n] for n in range(30)], seed=1
    )
    assert (always.value, always.low) == (1.0, None)

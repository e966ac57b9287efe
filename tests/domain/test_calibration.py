"""Calibration: known values of the error, curves that hold what they promise, and refusals."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import calibration, errors
from domain.calibration import Curve, Known, Method

SAID = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])), min_size=60, max_size=90)


def overconfident(count=200, seed=1):
    """A judge that says 0.95 or 0.05 and is right four times in five."""
    chance = random.Random(seed)
    said = [0.95 if n % 2 else 0.05 for n in range(count)]
    return [Known(p, float((p > 0.5) == (chance.random() < 0.8)), f"p{n // 4}") for n, p in enumerate(said)]


def test_the_expected_calibration_error_by_hand():
    # Bin 0.9: said 0.9 and 0.9, half so → gap 0.4, weight ½. Bin 0.2: said 0.2 twice, never so → gap 0.2, weight ½.
    found = calibration.measure([0.9, 0.9, 0.2, 0.2], [1.0, 0.0, 0.0, 0.0])
    assert found.ece == pytest.approx(0.3)
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.04 + 0.04) / 4)
    assert [(round(one.said, 6), one.truth, one.size) for one in found.bins] == [(0.2, 0.0, 2), (0.9, 0.5, 2)]
    assert found.low <= found.ece <= found.high


def test_one_is_in_the_last_bin_and_a_perfect_judge_has_no_error():
    found = calibration.measure([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert (found.ece, found.brier, len(found.bins)) == (0.0, 0.0, 2)


@pytest.mark.parametrize("method", list(Method))
def test_overconfidence_is_taken_back(method):
    known = overconfident()
    curve = calibration.fit(known, method)
    assert curve(0.95) == pytest.approx(0.8, abs=0.08)
    assert curve(0.05) == pytest.approx(0.2, abs=0.08)
    crossed = calibration.cross_fitted(known, method)
    truth = [one.truth for one in known]
    before = calibration.measure([one.said for one in known], truth)
    assert calibration.measure(crossed, truth).ece < before.ece / 2
    assert calibration.from_plain(curve.plain()) == curve


def test_platt_finds_slope_and_offset():
    chance = random.Random(7)
    known = []
    for _ in range(4000):
        x = chance.uniform(-3, 3)
        truth = float(chance.random() < 1 / (1 + math.exp(-(0.5 * x + 1))))
        known.append(Known(1 / (1 + math.exp(-x)), truth))
    curve = calibration.fit(known, Method.PLATT)
    assert curve.xs[0] == pytest.approx(0.5, abs=0.08)
    assert curve.ys[0] == pytest.approx(1.0, abs=0.12)


def test_isotonic_pools_what_falls():
    known = [Known(0.1, 0.0)] * 20 + [Known(0.5, 1.0)] * 10 + [Known(0.6, 0.0)] * 10 + [Known(0.9, 1.0)] * 20
    curve = calibration.fit(known, Method.ISOTONIC)
    assert [curve(p) for p in (0.0, 0.1, 0.5, 0.6, 0.9, 1.0)] == pytest.approx([0, 0, 0.5, 0.5, 1, 1])
    assert 0.5 < curve(0.75) < 1


@pytest.mark.parametrize(
    ("known", "method", "said"),
    [
        ([Known(0.5, 1.0)] * 19, Method.PLATT, "19 known values; platt needs 20"),
        ([Known(0.5, 1.0)] * 49, Method.ISOTONIC, "isotonic needs 50"),
        ([Known(0.5, 1.0)] * 60 + [Known(0.5, 0.0)] * 4, Method.PLATT, "60 of 64 known values say true"),
    ],
)
def test_too_little_is_refused_with_what_is_missing(known, method, said):
    with pytest.raises(calibration.TooFew, match=said):
        calibration.fit(known, method)
    with pytest.raises(calibration.TooFew):
        calibration.cross_fitted(known, method)


def test_folds_keep_groups_whole_and_cover_all_once():
    groups = [f"p{n // 3}" for n in range(60)]
    found = calibration.folds(groups, seed=3)
    assert sorted(place for fold in found for place in fold) == list(range(60))
    assert len(found) == 5
    assert not [g for g in set(groups) if len({n for n, fold in enumerate(found) for p in fold if groups[p] == g}) > 1]
    assert max(map(len, found)) - min(map(len, found)) <= 3
    assert sorted(place for fold in calibration.folds([""] * 7) for place in fold) == list(range(7))


@pytest.mark.parametrize(
    "given", [{}, {"method": "magic", "xs": [1], "ys": [1]}, {"method": "platt", "xs": [1], "ys": []},
              {"method": "platt", "xs": [math.nan], "ys": [1]}, {"method": "isotonic", "xs": "x", "ys": [1]}],
)  # fmt: skip
def test_what_is_no_curve_is_refused(given):
    with pytest.raises(errors.Invalid):
        calibration.from_plain(given)


def test_nothing_to_measure_is_refused():
    with pytest.raises(errors.Invalid):
        calibration.measure([], [])


@settings(deadline=None, max_examples=25)
@given(SAID, st.sampled_from(list(Method)))
def test_any_curve_stays_within_bounds_and_isotonic_rises(rows, method):
    known = [Known(*row) for row in rows]
    if calibration.lacking(known, method):
        return
    curve = calibration.fit(known, method)
    values = [curve(n / 20) for n in range(21)]
    assert all(0 <= value <= 1 for value in values)
    if method is Method.ISOTONIC:
        assert all(a <= b + 1e-9 for a, b in itertools.pairwise(values))


@given(st.floats(0, 1), st.floats(-50, 50), st.floats(-50, 50))
def test_platt_is_finite_everywhere(said, slope, offset):
    assert 0 <= Curve(Method.PLATT, (slope,), (offset,))(said) <= 1

"""Strength, peer review and unanimity of labels: values worked out by hand, planted noise found again."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors
from domain import label_quality as quality
from domain.label_quality import Band, Quadrant, Quantiles

NUMBER = st.one_of(st.none(), st.floats(-100, 100))


def test_strength_is_mean_and_population_deviation():
    found = quality.strengths([[1.0, 3.0], [-1.0, -2.0], [0.5, None], [None, None]], scale=False)
    assert found[0] == (2.0, 1.0, 2, 2)
    assert found[1] == (-1.5, 0.5, 2, 0)
    assert found[2] == (0.5, 0.0, 1, 1)
    assert found[3] == (None, None, 0, 0)


def test_no_voter_counts_more_for_its_unit():
    small = quality.strengths([[1.0, 1.0], [-1.0, 1.0], [2.0, -1.0]])
    large = quality.strengths([[1.0, 1000.0], [-1.0, 1000.0], [2.0, -1000.0]])
    for one, other in zip(small, large, strict=True):
        assert one.mean == pytest.approx(other.mean)
    spread = math.sqrt(((1 - 2 / 3) ** 2 + (-1 - 2 / 3) ** 2 + (2 - 2 / 3) ** 2) / 3)
    second = math.sqrt((2 * (1 - 1 / 3) ** 2 + (-1 - 1 / 3) ** 2) / 3)
    assert small[0].mean == pytest.approx((1 / spread + 1 / second) / 2)
    assert quality.strengths([[2.0], [2.0]])[0].mean == 2.0


def test_bands_by_quantiles_and_ties_towards_the_middle():
    means = [float(n) for n in range(1, 11)]
    assert quality.bands(means) == [Band.FLIP] * 2 + [Band.AMBIGUOUS] * 2 + [Band.NORMAL] * 5 + [Band.STRONG]
    assert quality.bands([1.0, 1.0, None, 1.0]) == [Band.NORMAL, Band.NORMAL, None, Band.NORMAL]
    assert quality.bands([None]) == [None]
    assert quality.bands([0.0, 1.0], Quantiles(0, 0, 1)) == [Band.NORMAL, Band.NORMAL]
    with pytest.raises(errors.Invalid):
        quality.bands([1.0], Quantiles(0.5, 0.4, 0.9))


def test_treatments():
    assert quality.treatment(Band.FLIP, -2.0) == (None, 0.0)
    assert quality.treatment(Band.AMBIGUOUS, 0.2) == (0.2, 0.1)
    assert quality.treatment(Band.AMBIGUOUS, -0.2) == (0.0, 0.1)
    assert quality.treatment(Band.NORMAL, 1.5) == (1.5, 0.0)
    assert quality.treatment(Band.STRONG, 4.0, smoothing=0.2) == (4.0, 0.2)
    assert quality.treatment(None, None) == (None, 0.0)
    with pytest.raises(errors.Invalid):
        quality.treatment(Band.NORMAL, 1.0, smoothing=0.5)


def test_quadrants():
    found = quality.peer_review([1.0, -1.0, 1.0, 0.0, None], [2.0, -0.1, -1.0, -1.0, 1.0])
    assert found == [
        Quadrant.KEEP, Quadrant.MISLABELLED, Quadrant.AMBIGUOUS, Quadrant.AMBIGUOUS, Quadrant.UNJUDGED,
    ]  # fmt: skip
    with pytest.raises(errors.Invalid):
        quality.peer_review([1.0], [])


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_judges_that_know_find_every_flip(share):
    """With a known share of labels flipped, two judges that see the truth mark exactly these."""
    chance = random.Random(7)
    truth = [chance.choice((-1, 1)) * chance.uniform(0.2, 1) for _ in range(1000)]
    flipped = set(chance.sample(range(1000), int(1000 * share)))
    margins = [abs(value) * (-1 if n in flipped else 1) for n, value in enumerate(truth)]
    found = quality.peer_review(margins, margins)
    marked = {n for n, quadrant in enumerate(found) if quadrant is Quadrant.MISLABELLED}
    assert marked == flipped
    means = [one.mean for one in quality.strengths([[margin, margin] for margin in margins])]
    low = quality.bands(means, Quantiles(share, share, 1))
    assert {n for n, band in enumerate(low) if band is Band.FLIP} == flipped


def test_noisy_judges_find_most_flips_and_two_mark_fewer_wrongly_than_one():
    chance = random.Random(11)
    flipped = set(chance.sample(range(2000), 400))
    sides = [-1.0 if n in flipped else 1.0 for n in range(2000)]
    one, other = ([side + chance.gauss(0, 0.8) for side in sides] for _ in range(2))
    marked = {n for n, q in enumerate(quality.peer_review(one, other)) if q is Quadrant.MISLABELLED}
    alone = {n for n, margin in enumerate(one) if margin < 0}
    precision, recall = len(marked & flipped) / len(marked), len(marked & flipped) / len(flipped)
    assert precision > 0.94
    assert recall > 0.75
    assert precision > len(alone & flipped) / len(alone) + 0.15


def test_the_peer_keeps_its_share_and_the_schedule_falls_in_a_line():
    assert quality.kept_by_peer([3.0, None, 1.0, 2.0], 2 / 3) == [True, False, False, True]
    assert quality.kept_by_peer([1.0, 1.0], 0.5) == [True, False]
    assert [quality.annealed_share(step, 4, 0.4) for step in (0, 2, 4)] == pytest.approx([1.0, 0.8, 0.6])
    assert quality.easy_first([3.0, 1.0, None, 5.0], [1.0, 2.0, 9.0, 4.0]) == [3, 0, 1]
    for wrong in (-0.1, 1.1):
        with pytest.raises(errors.Invalid):
            quality.kept_by_peer([1.0], wrong)
    with pytest.raises(errors.Invalid):
        quality.annealed_share(5, 4, 0.1)


def test_unanimity_wants_every_judge():
    rows: list[list[float | None]] = [[1.0, 2.0], [1.0, 0.0], [1.0, None], [1.0, -1.0]]
    assert quality.unanimous(rows) == [True, False, False, False]
    assert quality.unanimous([[1.0]]) == [False]
    assert quality.unanimous([[1.0]], judges=1) == [True]
    with pytest.raises(errors.Invalid):
        quality.unanimous(rows, judges=0)


def test_a_label_and_a_verdict():
    assert quality.label_margin(1.0, 0.9) == pytest.approx(0.4)
    assert quality.label_margin(1.0, 0.1) == pytest.approx(-0.4)
    assert quality.label_margin(1.0, 0.5) == 0.0
    assert quality.label_margin(1.0, None) is None


def test_what_is_no_table_is_refused():
    with pytest.raises(errors.Invalid):
        quality.strengths([[1.0], [1.0, 2.0]])
    with pytest.raises(errors.Invalid):
        quality.strengths([[math.nan]])
    assert quality.strengths([]) == []
    assert quality.strengths([[]]) == [(None, None, 0, 0)]


@given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), max_size=20))
def test_bands_cover_all_that_was_judged_and_only_that(rows):
    found = quality.strengths(rows)
    for band, strength, row in zip(quality.bands([one.mean for one in found]), found, rows, strict=True):
        assert (band is None) == (strength.mean is None) == all(margin is None for margin in row)
        assert strength.agreeing <= strength.voters == sum(margin is not None for margin in row)


@given(st.lists(NUMBER, max_size=20), st.floats(0, 1))
def test_a_larger_share_keeps_all_of_a_smaller(margins, share):
    small, large = quality.kept_by_peer(margins, share / 2), quality.kept_by_peer(margins, share)
    assert all(not one or other for one, other in zip(small, large, strict=True))

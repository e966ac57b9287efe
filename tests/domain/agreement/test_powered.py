"""Prediction-powered estimates cover the truth at their level, and are narrower than labels alone."""

import math

import numpy as np
import pytest
import scipy.stats

from domain import errors
from domain.agreement import powered


def drawn(chance, n, more, right):
    """Labels of a pass rate of 0.7, and a judge that is right so often and else says yes."""
    truth = (chance.random(n + more) < 0.7).astype(float)
    judge = np.where(chance.random(n + more) < right, truth, 1.0)
    return truth[:n], judge[:n], judge[n:]


def test_intervals_cover_at_their_level_and_are_narrower():
    chance = np.random.default_rng(11)
    found = [powered.mean(*drawn(chance, 80, 2_000, 0.9)) for _ in range(400)]
    covered = sum(one.both.low <= 0.7 <= one.both.high for one in found) / len(found)
    assert 0.92 <= covered <= 0.985
    assert np.mean([one.both.half for one in found]) < 0.75 * np.mean([one.labels.half for one in found])
    assert np.mean([one.naive for one in found]) == pytest.approx(0.73, abs=0.01)
    assert np.mean([one.bias for one in found]) == pytest.approx(0.03, abs=0.01)
    assert np.mean([one.worth for one in found]) > 120


def test_a_judge_that_says_nothing_costs_nothing():
    chance = np.random.default_rng(12)
    labels = (chance.random(60) < 0.5).astype(float)
    found = powered.mean(labels, chance.random(60), chance.random(1_000))
    assert found.weight < 0.35
    assert found.both.half <= found.labels.half * 1.02
    constant = powered.mean(labels, np.ones(60), np.ones(1_000))
    assert (constant.weight, constant.both) == (0, constant.labels)
    need = powered.needed(labels, np.ones(60), np.ones(1_000), half=0.1)
    assert need.with_judge == need.alone


def test_without_more_verdicts_it_is_the_labels():
    labels = [0, 1] * 10
    found = powered.mean(labels, labels, [])
    assert found.both == found.labels
    assert found.labels.value == 0.5


def test_a_perfect_judge_is_never_certain():
    found = powered.mean([1.0] * 15, [1.0] * 15, [1.0] * 500)
    assert (found.both.value, found.both.high) == (1.0, 1.0)
    assert found.both.low == pytest.approx(1 - 3 / 15)


def test_the_weight_is_that_of_the_paper():
    chance = np.random.default_rng(13)
    labels, judged, rest = drawn(chance, 100, 300, 0.8)
    pooled = np.concatenate([judged, rest]).var(ddof=1)
    expected = np.cov(labels, judged)[0, 1] / (pooled * (1 + 100 / 300))
    found = powered.mean(labels, judged, rest)
    assert found.weight == pytest.approx(expected)
    plain = labels.mean() + expected * (rest.mean() - judged.mean())
    assert found.both.value == pytest.approx(plain)


def test_how_many_labels_a_width_needs():
    chance = np.random.default_rng(14)
    sample = drawn(chance, 100, 5_000, 0.95)
    need = powered.needed(*sample, half=0.05)
    assert need.with_judge < need.alone
    usual = (1.96 / 0.05) ** 2 * sample[0].var(ddof=1)
    assert need.alone == pytest.approx(usual, rel=0.03)
    assert powered.needed(*sample, half=0.5).alone == 10
    assert powered.needed(*sample, half=0.02).with_judge > need.with_judge


@pytest.mark.parametrize(
    ("labels", "judged", "rest"),
    [([1] * 9, [1] * 9, []), ([1] * 10, [1] * 11, []), ([2] * 10, [1] * 10, []), ([math.nan] * 10, [1] * 10, [])],
)
def test_what_cannot_be_estimated_is_refused(labels, judged, rest):
    with pytest.raises(errors.Invalid):
        powered.mean(labels, judged, rest)


@pytest.mark.parametrize("half", [0, -1, 0.6])
def test_a_width_that_makes_no_sense_is_refused(half):
    with pytest.raises(errors.Invalid):
        powered.needed([0, 1] * 5, [0, 1] * 5, [], half=half)


def test_more_labels_are_never_asked_for_because_of_the_judge():
    chance = np.random.default_rng(15)
    for more in (0, 5, 40, 400):
        sample = drawn(chance, 60, more, 0.9)
        for half in (0.03, 0.08, 0.2):
            need = powered.needed(*sample, half=half)
            assert 10 <= need.with_judge <= need.alone
    labels, judged, rest = drawn(chance, 80, 20, 0.97)
    found = powered.needed(labels, judged, rest, half=0.1)
    again = powered.mean(
        labels[: found.with_judge], judged[: found.with_judge], np.concatenate([judged[found.with_judge :], rest])
    )
    assert again.both.half == pytest.approx(0.1, abs=0.03)


def test_the_judge_alone_is_certain_and_wrong():
    found = powered.mean(*drawn(np.random.default_rng(16), 100, 20_000, 0.8))
    assert found.judge.half < 0.01
    assert found.misled
    assert found.naive - found.bias == pytest.approx(found.both.value)
    assert found.both.low < 0.7 < found.both.high


def test_labels_of_what_the_judge_found_good_are_noticed():
    chance = np.random.default_rng(17)
    judged = chance.random(2_000)
    best = np.sort(judged)[::-1]
    assert powered.likely_by_chance(best[:60], best[60:]) == pytest.approx(0, abs=1e-6)
    assert powered.likely_by_chance([1.0] * 20, [1.0] * 50) is None
    assert powered.likely_by_chance(judged[:60], judged[60:]) == pytest.approx(
        scipy.stats.ttest_ind(judged[:60], judged[60:], equal_var=False).pvalue
    )
    assert powered.likely_by_chance([1.0], judged) is None


def test_chance_draws_are_rarely_suspected():
    chance = np.random.default_rng(18)
    drawn_by_chance = [powered.likely_by_chance(one[:50], one[50:]) for one in chance.random((300, 400))]
    assert np.mean(np.array(drawn_by_chance) < 0.01) < 0.03

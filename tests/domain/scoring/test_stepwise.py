"""Steps of a trajectory: the published figures, and what must hold for any steps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors
from domain.scoring import stepwise
from domain.scoring.stepwise import Aggregate, Reading, Shaping, Way

STEPS = np.array([0.9, 0.8, 0.85, 0.3])
SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=12).map(np.array)


def test_the_eight_aggregates_of_known_steps():
    found = stepwise.aggregates([0.5, 0.8])
    assert found == {
        Aggregate.MIN: 0.5,
        Aggregate.MAX: 0.8,
        Aggregate.PRODUCT: pytest.approx(0.4),
        Aggregate.GEOMETRIC: pytest.approx(math.sqrt(0.4)),
        Aggregate.MEAN: pytest.approx(0.65),
        Aggregate.MEAN_LOGIT: pytest.approx(2 / 3),
        Aggregate.MEAN_ODDS: pytest.approx(2.5 / 3.5),
        Aggregate.LAST: 0.8,
    }


def test_sure_steps_and_impossible_ones_stay_numbers():
    found = stepwise.aggregates([0.0, 1.0])
    assert found[Aggregate.GEOMETRIC] == 0.0
    assert found[Aggregate.MEAN_LOGIT] == pytest.approx(0.5)
    assert 0.99 < found[Aggregate.MEAN_ODDS] < 1.0


def test_no_steps_and_unscored_steps_give_no_number():
    assert math.isnan(stepwise.aggregate([], Aggregate.MEAN))
    assert all(math.isnan(value) for value in stepwise.aggregates([0.5, math.nan]).values())


@given(SCORES, st.sampled_from(Aggregate), st.data())
def test_aggregates_stay_in_range_and_never_fall_when_a_step_rises(scores, how, data):
    place = data.draw(st.integers(0, len(scores) - 1))
    better = scores.copy()
    better[place] = data.draw(st.floats(float(scores[place]), 1))
    about = stepwise.AGGREGATES[how]
    low, high = stepwise.aggregate(scores, how), stepwise.aggregate(better, how)
    assert about.low <= low <= about.high
    assert high >= low - 1e-12


def test_clip_and_delta_as_published():
    assert stepwise.clip(STEPS, 0.7) == pytest.approx([0, 0, 0, -0.4])
    assert stepwise.delta(STEPS) == pytest.approx([0.1, -0.05, 0.85, 0])
    assert stepwise.delta(STEPS).sum() == pytest.approx(0.9)
    both = stepwise.pay(STEPS, Way(Shaping.CLIP_DELTA, eta=0.7))
    assert both.steps == pytest.approx(stepwise.delta(stepwise.clip(STEPS, 0.7)))


@given(SCORES)
def test_delta_pays_the_score_of_a_step_from_there_on(scores):
    paid = stepwise.delta(scores)
    for place in range(len(scores) - 1):
        assert paid[place:].sum() == pytest.approx(scores[place])
    assert paid[-1] == 0


@pytest.mark.parametrize(("shaping", "rises"), [
    (Shaping.NONE, True), (Shaping.CLIP, False), (Shaping.DELTA, False), (Shaping.CLIP_DELTA, False),
])  # fmt: skip
def test_repeating_a_good_step_pays_only_without_bounds(shaping, rises):
    totals = stepwise.padding(STEPS, 0, Way(shaping, eta=0.7))
    assert len(totals) == 4
    assert (totals[-1] > totals[0] + 1e-9) is rises


def test_renorm_has_the_sign_of_the_outcome():
    scores = np.array([1.0, 0.5, 0.0])
    assert stepwise.renorm(scores, 1.0).tolist() == [1.0, 0.5, 0.0]
    assert stepwise.renorm(scores, 0.0).tolist() == [0.0, -0.5, -1.0]
    assert stepwise.renorm(scores, 1.0, mu=0.5).tolist() == [1.0, 1.0, 0.5]
    assert stepwise.renorm(np.zeros(0), 1.0).size == 0


@given(SCORES)
def test_renorm_never_pays_a_wrong_answer_nor_takes_from_a_right_one(scores):
    assert (stepwise.renorm(scores, 1.0) >= 0).all()
    assert (stepwise.renorm(scores, 0.0) <= 0).all()


def test_other_schemes_pay_with_the_outcome():
    assert stepwise.pay([1.0, 0.5], Way(Shaping.SCALE), outcome=0.0).steps.tolist() == [0.0, 0.0]
    assert stepwise.pay([1.0, 0.5], Way(Shaping.ADD), outcome=1.0).steps.tolist() == [2.0, 1.5]
    assert stepwise.pay([1.0, 0.5], Way(Shaping.RENORM), outcome=0.0).total == pytest.approx(-0.5)


@pytest.mark.parametrize("shaping", [Shaping.RENORM, Shaping.SCALE, Shaping.ADD])
def test_what_needs_the_outcome_says_so(shaping):
    with pytest.raises(errors.Invalid) as refused:
        stepwise.pay([1.0], Way(shaping))
    assert refused.value.code == "outcome_needed"


def test_progress_from_hops_as_published():
    assert stepwise.progress([0.2, 0.5, -0.25, 0.5]) == pytest.approx([0.2, 0.6, 0.45, 0.725])
    assert stepwise.progress([]).size == 0


@given(SCORES)
def test_potentials_tell_only_end_and_start(scores):
    paid = stepwise.potential(scores)
    assert paid.sum() == pytest.approx(scores[-1])
    assert stepwise.pay(scores, Way(Shaping.POTENTIAL)).total == pytest.approx(scores[-1])


def test_a_loop_pays_nothing_without_discount():
    there_and_back = np.array([0.2, 0.6, 0.2])
    assert stepwise.potential(there_and_back, start=0.2).sum() == pytest.approx(0.0)
    assert stepwise.potential(np.array([0.5, 1.0]), gamma=0.5, start=0.4) == pytest.approx([-0.15, 0.0])
    assert stepwise.potential(np.zeros(0)).size == 0


@given(SCORES, st.sampled_from(Shaping))
def test_what_is_paid_stays_in_the_range_that_is_declared(scores, shaping):
    about = stepwise.SHAPINGS[shaping]
    for outcome in (0.0, 1.0):
        paid = stepwise.pay(scores, Way(shaping, eta=0.7), outcome=outcome)
        assert (paid.steps >= about.low - 1e-12).all()
        assert (paid.steps <= about.high + 1e-12).all()


@given(SCORES, st.sampled_from([s for s in Shaping if stepwise.SHAPINGS[s].rises]), st.data())
def test_what_rises_rises_with_its_own_step(scores, shaping, data):
    place = data.draw(st.integers(0, len(scores) - 1))
    better = scores.copy()
    better[place] = 1.0
    way = Way(shaping, eta=0.7)
    before, after = (stepwise.pay(each, way, outcome=1.0).steps[place] for each in (scores, better))
    assert after >= before - 1e-12


def test_an_unscored_step_is_not_paid():
    paid = stepwise.pay([0.5, math.nan, 1.0], Way(Shaping.NONE, alpha=2.0))
    assert paid.steps[[0, 2]].tolist() == [1.0, 2.0]
    assert math.isnan(paid.steps[1])
    assert math.isnan(paid.total)
    assert math.isnan(paid.aggregate)
    assert math.isnan(stepwise.pay([], Way()).total)


def test_scores_read_as_hops_are_progress_from_nought_to_one():
    hops = np.array([0.2, 0.5, -0.25, 0.5])
    assert stepwise.read((hops + 1) / 2, Reading.HOP) == pytest.approx([0.2, 0.6, 0.45, 0.725])
    assert stepwise.read([0.1, 1.0, 0.5, 0.0], Reading.HOP) == pytest.approx([0.0, 1.0, 1.0, 0.0])
    paid = stepwise.pay((hops + 1) / 2, Way(Shaping.POTENTIAL, Aggregate.LAST, reading=Reading.HOP))
    assert paid.total == pytest.approx(0.725) == paid.aggregate


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_progress_stays_between_start_and_end(scores):
    found = stepwise.read(scores, Reading.HOP)
    assert ((found >= 0) & (found <= 1)).all()
    assert stepwise.pay(scores, Way(Shaping.POTENTIAL, reading=Reading.HOP)).total == pytest.approx(found[-1])


def test_an_unscored_hop_leaves_what_follows_unknown():
    found = stepwise.read([0.75, math.nan, 0.75], Reading.HOP)
    assert np.isnan(found).tolist() == [False, True, True]


def test_padding_repeats_the_best_step_and_says_whether_it_pays():
    plain = stepwise.padded(STEPS, Way())
    assert plain is not None
    assert (plain.place, plain.times, plain.grows) == (0, (1, 2, 4, 8), True)
    assert plain.totals == pytest.approx([2.85, 3.75, 5.55, 9.15])
    clipped = stepwise.padded(STEPS, Way(Shaping.CLIP, eta=0.7))
    assert clipped is not None
    assert not clipped.grows
    assert clipped.totals == pytest.approx([-0.4] * 4)
    assert stepwise.padded([], Way()) is None
    assert stepwise.padded([0.5, math.nan], Way()) is None

"""Several judges as one: known tables, and no say for a judge that merely counts otherwise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ensembles, scoring
from domain.ensembles import Lacking, Part, Rule, Way

ONE = {1: {10: 0.0, 11: 1.0}, 2: {20: 0.4, 21: 0.4}}
OTHER = {1: {10: 5.0, 11: 3.0}, 2: {20: 1.0, 21: 3.0}}
EVEN = {"one": 0.5, "other": 0.5}


def even(**tables):
    return {name: ensembles.standardised(table) for name, table in tables.items()}


def test_scores_are_centred_within_a_prompt_and_divided_by_their_spread():
    assert ensembles.standardised(OTHER) == {1: {10: 1.0, 11: -1.0}, 2: {20: -1.0, 21: 1.0}}
    root = math.sqrt(2)
    assert ensembles.standardised(ONE)[1] == pytest.approx({10: -root, 11: root})


def test_each_rule_on_a_known_table():
    tables = even(one=ONE, other=OTHER)
    root = math.sqrt(2)
    mean = ensembles.combine(tables, Rule.MEAN, EVEN)
    assert mean[1] == pytest.approx({10: (1 - root) / 2, 11: (root - 1) / 2})
    assert ensembles.combine(tables, Rule.MIN, EVEN)[1] == pytest.approx({10: -root, 11: -1.0})
    weighed = ensembles.combine(tables, Rule.WEIGHTED, {"one": 0.75, "other": 0.25})
    assert weighed[1][11] == pytest.approx(0.75 * root - 0.25)
    cautious = ensembles.combine(tables, Rule.CAUTIOUS, EVEN, caution=2.0)
    assert cautious[1][11] == pytest.approx((root - 1) / 2 - 2 * (root + 1) / 2)


def test_weights_are_shares_of_accuracy():
    assert ensembles.weights({"one": 0.6, "other": 0.2}) == pytest.approx({"one": 0.75, "other": 0.25})
    assert ensembles.weights({"one": 0.0, "other": 0.0}) == EVEN


def test_what_one_judge_could_not_score_has_no_combined_score():
    tables = even(one={1: {10: None, 11: 1.0, 12: 0.0}}, other={1: {10: 1.0, 11: 2.0, 12: 3.0}})
    found = ensembles.combine(tables, Rule.MEAN, EVEN)
    assert found[1][10] is None
    assert found[1][11] is not None


def test_only_prompts_that_all_scored_are_combined():
    assert list(ensembles.combine(even(one=ONE, other={2: {20: 1.0, 21: 2.0}}), Rule.MEAN, EVEN)) == [2]


def test_a_judge_that_never_differs_says_nothing():
    assert ensembles.standardised({1: {10: 0.3, 11: 0.3}}) == {1: {10: 0.0, 11: 0.0}}


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=4), min_size=1, max_size=4),
    st.floats(0.1, 50),
    st.floats(-100, 100),
)
def test_no_judge_gains_by_counting_otherwise(scores, scale, shift):
    table = {n: dict(enumerate(row)) for n, row in enumerate(scores)}
    moved = {n: {k: scale * v + shift * (n + 1) for k, v in row.items()} for n, row in table.items()}
    rival = {n: {k: float(k) for k in row} for n, row in table.items()}
    spread = max(abs(a - b) for row in scores for a in row for b in row)
    if spread < 1e-6:
        return
    before = ensembles.combine(even(one=table, other=rival), Rule.MEAN, EVEN)
    after = ensembles.combine(even(one=moved, other=rival), Rule.MEAN, EVEN)
    for n, row in before.items():
        assert after[n] == pytest.approx(row, abs=1e-5)


NAN = math.nan


def part(score: float | None, centre: float | None = 0.5, spread: float = 0.25, weight: float = 1.0) -> Part:
    return Part("judge", score, centre, spread, weight)


def test_centres_are_of_prompts_with_two_scored_answers():
    found = ensembles.centres(np.array([0.2, 0.4, NAN, 0.9, NAN]), [1, 1, 1, 2, 2])
    assert found.tolist()[:3] == pytest.approx([0.3] * 3)
    assert np.isnan(found[3:]).all()
    assert ensembles.centres(np.array([]), []).size == 0


def test_the_spread_is_the_root_mean_square_from_the_centres():
    scores, centres = np.array([5.0, 3.0, 1.0, 3.0, NAN]), np.array([4.0, 4.0, 2.0, 2.0, 2.0])
    assert ensembles.spread(scores, centres) == 1.0
    assert ensembles.spread(np.array([0.1 + 0.2, 0.3]), np.array([0.3, 0.3])) == 0.0
    assert ensembles.spread(np.array([NAN]), np.array([NAN])) == 0.0


@pytest.mark.parametrize(
    "rule, expected",
    [(Rule.MEAN, 0.5), (Rule.MIN, -1.0), (Rule.WEIGHTED, 1.25), (Rule.CAUTIOUS, 0.5 - 2 * 1.5)],
)
def test_each_rule_on_two_judges(rule: Rule, expected: float):
    parts = [part(0.25), part(2.0, centre=1.0, spread=0.5, weight=3.0)]  # −1 and 2 spreads from their centres
    found = ensembles.together(parts, Way(rule, caution=2.0))
    assert found == pytest.approx(expected)
    assert scoring.recompute([ensembles.step(parts, Way(rule, caution=2.0))]) == found


@pytest.mark.parametrize("gone", [part(None), part(0.5, centre=None)])
def test_what_a_judge_did_not_score_is_unscored_or_left_to_the_others(gone: Part):
    parts = [part(0.75), gone]
    assert ensembles.together(parts, Way()) is None
    assert ensembles.together(parts, Way(lacking=Lacking.OTHERS)) == 1.0
    assert ensembles.together([gone], Way(lacking=Lacking.OTHERS)) is None
    assert ensembles.together([], Way(lacking=Lacking.OTHERS)) is None


def test_a_judge_whose_scores_never_differ_is_left_out_under_every_rule():
    for rule in Rule:
        assert ensembles.together([part(0.75), part(0.5, spread=0.0)], Way(rule)) == pytest.approx(1.0)
    assert ensembles.together([part(0.5, spread=0.0)], Way()) is None


def test_no_weight_among_those_there_is_no_score():
    parts = [part(0.75, weight=0.0), part(None, weight=1.0)]
    assert ensembles.together(parts, Way(Rule.WEIGHTED, Lacking.OTHERS)) is None


@pytest.mark.parametrize(
    "wrong",
    [{"caution": -0.1}, {"caution": NAN}, {"caution": math.inf}, {"weights": {"a": -1.0}}, {"weights": {"a": NAN}},
     {"weights": {"a": 0.0, "b": 0.0}}],
)  # fmt: skip
def test_what_would_pay_for_disagreement_or_weigh_nothing_is_refused(wrong: dict):
    with pytest.raises(ensembles.EnsembleInvalid):
        Way(**wrong)


def test_the_number_is_shown_on_the_scale_of_the_judges():
    parts = [part(0.75), part(0.5, centre=0.3, spread=0.1)]
    assert ensembles.displayed(0.0, parts) == pytest.approx(0.4)
    assert ensembles.displayed(1.0, parts) == pytest.approx(0.4 + 0.175)
    assert (ensembles.displayed(99.0, parts), ensembles.displayed(-99.0, parts)) == (1.0, 0.0)


JUDGED = st.builds(
    part, st.floats(0, 1), centre=st.floats(0, 1), spread=st.floats(0.01, 2), weight=st.floats(0.1, 5)
)  # fmt: skip
WAYS = st.builds(Way, st.sampled_from(Rule), st.sampled_from(Lacking), st.floats(0, 1))


@given(st.lists(JUDGED, min_size=1, max_size=5), WAYS, st.randoms())
def test_the_order_of_judges_changes_no_bit_and_the_trace_gives_the_score_again(parts, way, random):
    found = ensembles.together(parts, way)
    turned = list(parts)
    random.shuffle(turned)
    assert ensembles.together(turned, way) == found
    assert scoring.recompute([ensembles.step(parts, way)]) == found


@given(st.lists(JUDGED, min_size=2, max_size=5), st.sampled_from([Rule.MEAN, Rule.WEIGHTED, Rule.MIN]),
       st.data())  # fmt: skip
def test_a_better_score_of_one_judge_never_lowers_the_ensembles(parts, rule, data):
    place = data.draw(st.integers(0, len(parts) - 1))
    better = list(parts)
    better[place] = better[place]._replace(score=data.draw(st.floats(parts[place].score, 1)))
    before, after = ensembles.together(parts, Way(rule)), ensembles.together(better, Way(rule))
    assert before is not None and after is not None
    assert after >= before - 1e-9 * max(1.0, abs(before))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=8), st.floats(0.5, 20),
       st.floats(-5, 5), st.sampled_from(Rule))  # fmt: skip
def test_an_affine_change_of_a_judge_changes_no_ensemble(scores, scale, shift, rule):
    """Of a judge that counts to twenty, or is stricter, the ensemble is the same."""
    one, other = (np.array(column) for column in zip(*scores, strict=True))
    groups = [0] * len(one)
    if min(ensembles.spread(column, ensembles.centres(column, groups)) for column in (one, other)) < 1e-3:
        return

    def combined(first):
        found = []
        for row in range(len(first)):
            given_parts = []
            for column in (first, other):
                centre = ensembles.centres(column, groups)
                given_parts.append(part(float(column[row]), float(centre[row]), ensembles.spread(column, centre)))
            found.append(ensembles.together(given_parts, Way(rule)))
        return found

    assert combined(one * scale + shift) == pytest.approx(combined(one), abs=1e-6)

"""Several judges as one: known tables, and no say for a judge that merely counts otherwise."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ensembles
from domain.ensembles import Rule

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

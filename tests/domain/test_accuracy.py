"""How often a judge is right, under each policy on ties."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import accuracy
from domain.accuracy import NOT_ASKED, Group, Pair, Ties

SCORES = st.lists(st.integers(0, 3) | st.none(), min_size=1, max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("group", "strict", "lenient", "split"),
    [
        (Group((3,), (1, 2)), 1, 1, 1),
        (Group((2,), (1, 2)), 0, 1, 1 / 2),
        (Group((2,), (2, 2, 2)), 0, 1, 1 / 4),
        (Group((1,), (2,)), 0, 0, 0),
        (Group((3, 3), (3, 1)), 0, 1, 2 / 3),
        (Group((3, 1), (2,)), 1, 1, 1),
        (Group((None,), (1,)), 0, 0, 0),
        (Group((2,), (None, 1)), 1, 1, 1),
        (Group((2,), (None, None)), 0, 0, 0),
    ],
)
def test_a_tie_at_the_top_is_worth_what_the_policy_says(group, strict, lenient, split):
    assert [accuracy.best(group, ties) for ties in (Ties.STRICT, Ties.LENIENT, Ties.SPLIT)] == [strict, lenient, split]


def test_a_rank_is_taken_with_ties_against_the_right_answer():
    assert accuracy.reciprocal_rank(Group((5,), (1, 5, 9))) == 1 / 3
    assert accuracy.reciprocal_rank(Group((9,), (1, 5))) == 1
    assert accuracy.reciprocal_rank(Group((None,), (1,))) == 0


def test_comparisons_won_count_every_pair():
    group = Group((2, 3), (2, None))
    assert [accuracy.wins(group, ties) for ties in Ties] == [1 / 4, 2 / 4, 1.5 / 4]
    assert accuracy.wins(Group((), (1,)), Ties.SPLIT) == 0


def test_both_orders_must_be_right_and_may_agree_in_being_wrong():
    assert accuracy.both(Pair(1.0, 1.0), Ties.STRICT) == 1
    assert accuracy.both(Pair(1.0, 0.0), Ties.LENIENT) == 0
    assert accuracy.both(Pair(0.5, 0.9), Ties.SPLIT) == 0.5
    assert [accuracy.steady(pair) for pair in (Pair(0.1, 0.4), Pair(0.5, 0.5), Pair(0.9, 0.1), Pair(None, None))] == [
        1, 1, 0, 0,
    ]  # fmt: skip


def test_pairs_count_the_orders_that_were_asked():
    once = accuracy.of_pairs({"p": [Pair(1.0, NOT_ASKED), Pair(NOT_ASKED, 0.0)]})
    assert once["pairs_strict"].value == 0.5
    assert once["best_strict"].value == 0
    assert (once["first_strict"].value, once["second_strict"].value) == (1, 0)
    assert "both_strict" not in once
    twice = accuracy.of_pairs({"p": [Pair(1.0, None)], "q": [Pair(1.0, 0.5)]})
    assert twice["pairs_split"].value == (0.5 + 0.75) / 2
    assert twice["both_split"].value == 0.25
    assert "best_strict" not in twice


def test_all_comparisons_must_be_won():
    assert accuracy.all_won([1.0, 0.9], Ties.STRICT) == 1
    assert accuracy.all_won([1.0, 0.5], Ties.STRICT) == 0
    assert accuracy.all_won([], Ties.LENIENT) == 0


def test_an_estimate_has_an_interval_around_its_mean_and_is_the_same_every_time():
    found = accuracy.estimate([0.0, 1.0] * 50)
    assert found.value == 0.5
    assert found.low is not None and found.high is not None
    assert 0.38 < found.low < 0.44 < 0.56 < found.high < 0.62
    assert found == accuracy.estimate([0.0, 1.0] * 50)
    assert accuracy.estimate([]) == (None, None, None, 0)
    assert accuracy.estimate([1.0]) == (1, 1, 1, 1)


@given(SCORES, SCORES)
def test_strict_is_at_most_split_and_split_at_most_lenient(right, wrong):
    group = Group(right, wrong)
    for measure in (accuracy.best, accuracy.wins):
        strict, split, lenient = (measure(group, ties) for ties in (Ties.STRICT, Ties.SPLIT, Ties.LENIENT))
        assert 0 <= strict <= split <= lenient <= 1


@given(SCORES, SCORES)
def test_the_order_of_answers_does_not_matter(right, wrong):
    for ties in Ties:
        found = {
            accuracy.best(Group(*orders), ties)
            for orders in itertools.product(itertools.permutations(right), itertools.permutations(wrong))
        }
        assert len(found) == 1


@given(st.lists(st.floats(0, 1) | st.none(), max_size=6))
def test_what_cannot_be_read_is_never_a_win(values):
    for ties in Ties:
        credit = accuracy.all_won(values, ties)
        assert 0 <= credit <= 1
        assert credit == 0 or None not in values
        assert not math.isnan(credit)

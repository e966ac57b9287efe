"""Wins become scores: known tables, and what holds for any table."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scoring import rankings
from domain.scoring.rankings import Method, Ties

# Ten games a pair, drawn as strengths 1, 0 and −1 expect them: 1/(1 + e⁻¹) = 0.7311 and 1/(1 + e⁻²) = 0.8808.
ONE, TWO = 1 / (1 + math.exp(-1)), 1 / (1 + math.exp(-2))
EXPECTED = 10 * np.array([[0, ONE, TWO], [1 - ONE, 0, ONE], [1 - TWO, 1 - ONE, 0]])
CYCLE = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 2.0], [2.0, 1.0, 0.0]])
GAMES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([0.0, 0.5, 1.0])), max_size=40)


def test_strengths_are_found_again():
    found = rankings.rank(EXPECTED, Method.BRADLEY_TERRY, ridge=1e-9)
    assert found.scores == pytest.approx([1.0, 0.0, -1.0], abs=1e-5)
    assert found.connected


def test_win_rates_and_points_of_a_known_table():
    table = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 3.0], [1.0, 0.0, 0.0]])
    assert rankings.rank(table, Method.WIN_RATE).scores == pytest.approx([(2 / 3 + 1 / 2) / 2, (1 / 3 + 1) / 2, 0.25])
    assert rankings.rank(table, Method.BORDA).scores.tolist() == [1.5, 1.0, 0.5]


def test_who_never_lost_has_a_finite_strength():
    found = rankings.rank(np.array([[0.0, 5.0], [0.0, 0.0]]), Method.BRADLEY_TERRY)
    assert np.isfinite(found.scores).all()
    assert found.scores[0] > found.scores[1]


def test_a_cycle_has_no_winner():
    assert rankings.rank(CYCLE, Method.BRADLEY_TERRY).scores == pytest.approx([0, 0, 0], abs=1e-6)
    assert rankings.cycles_of_three(CYCLE) == (rankings.Cycle((0, 1, 2)),)
    assert rankings.cycles_of_three(EXPECTED) == ()


def test_answers_never_compared_have_no_score_and_parts_are_told():
    table = rankings.wins(5, [(0, 1, 1.0), (2, 3, 0.5)])
    for method in Method:
        found = rankings.rank(table, method)
        assert np.isnan(found.scores[4])
        assert not found.connected
        assert len(set(found.parts.tolist())) == 3
    assert rankings.rank(np.zeros((0, 0)), Method.BRADLEY_TERRY).scores.size == 0


def test_the_share_of_comparisons_that_a_ranking_gets_right():
    assert rankings.agreement(CYCLE, np.array([2.0, 1.0, 0.0])) == pytest.approx(5 / 9)
    assert rankings.agreement(CYCLE, np.zeros(3)) == pytest.approx(0.5)
    assert math.isnan(rankings.agreement(np.zeros((2, 2)), np.zeros(2)))


@given(GAMES, st.permutations(range(5)))
def test_names_do_not_matter(games, order):
    table = rankings.wins(5, games)
    place = {old: new for new, old in enumerate(order)}
    moved = rankings.wins(5, [(place[one], place[two], value) for one, two, value in games])
    for method in Method:
        straight, shuffled = rankings.rank(table, method).scores, rankings.rank(moved, method).scores
        assert shuffled == pytest.approx(straight[list(order)], abs=1e-4, nan_ok=True)


@given(GAMES)
def test_one_more_win_never_makes_the_winner_weaker(games):
    table = rankings.wins(5, [*games, (0, 1, 1.0)])
    for method in (Method.BRADLEY_TERRY, Method.BORDA):
        before = rankings.rank(table, method).scores
        after = rankings.rank(rankings.wins(5, [*games, (0, 1, 1.0), (0, 1, 1.0)]), method).scores
        assert after[0] >= before[0] - 1e-4


@pytest.mark.parametrize(
    "value, room, expected",
    [
        (1.0, 0.0, (1.0, 1.0, 1.0)),
        (0.6, 0.0, (1.0, 1.0, 0.6)),
        (0.4, 0.0, (0.0, 0.0, 0.4)),
        (0.5, 0.0, (0.5, None, 0.5)),
        (0.6, 0.2, (0.5, None, 0.5)),
        (0.6, 0.19, (1.0, 1.0, 0.6)),
        (0.5 + 1e-12, 0.0, (0.5, None, 0.5)),
    ],
)
def test_what_a_comparison_counts_is_chosen(value, room, expected):
    found = [rankings.counted(value, ties, room=room) for ties in (Ties.HALF, Ties.LEFT_OUT, Ties.DEGREE)]
    assert found == pytest.approx(list(expected))


@given(st.floats(0, 1), st.floats(0, 0.99), st.sampled_from(Ties))
def test_what_one_wins_the_other_loses(value, room, ties):
    one, other = (rankings.counted(each, ties, room=room) for each in (value, 1 - value))
    assert (one is None) == (other is None) or abs(abs(2 * value - 1) - room) < 1e-12
    if one is not None and other is not None and abs(abs(2 * value - 1) - max(room, rankings.ROOM)) > 1e-12:
        assert one + other == pytest.approx(1)


def test_two_scores_side_by_side_are_a_comparison():
    assert rankings.of_scores(1.0, 0.0) == 1.0
    assert rankings.of_scores(0.25, 0.75) == 0.25
    assert rankings.of_scores(-3.0, 2.0) == 0.0


def test_ranks_hold_within_a_part_and_equals_share_one():
    table = rankings.wins(6, [(0, 1, 0.5), (1, 2, 1.0), (0, 2, 1.0), (3, 4, 0.0)])
    found = rankings.rank(table, Method.WIN_RATE)
    assert rankings.places(found) == [1, 1, 3, 2, 1, None]
    assert not found.connected


def test_no_answers_and_one_answer_have_no_ranks():
    for count in (0, 1):
        for method in Method:
            assert rankings.places(rankings.rank(rankings.wins(count, []), method)) == [None] * count

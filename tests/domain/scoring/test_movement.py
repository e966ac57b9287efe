"""What moves between two scorings of the same answers, with ties and answers that have no score."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from domain import scoring

NONE = math.nan


def moved(before, after, prompts=None):
    return scoring.compare(np.array(before), np.array(after), prompts or [1] * len(before))


def test_a_turned_pair_is_counted_once_and_only_inside_its_prompt():
    found = moved([0.1, 0.2, 0.9], [0.2, 0.1, 0.0], [1, 1, 2])
    assert (found.pairs, found.flipped, found.tied, found.moved, found.compared) == (1, 1, 0, 3, 3)
    assert (found.prompts, found.tau) == (1, -1.0)


def test_ties_are_neither_kept_nor_turned():
    found = moved([0.1, 0.1, 0.3], [0.1, 0.2, 0.3])
    assert (found.pairs, found.flipped, found.tied) == (3, 0, 1)
    assert found.tau == pytest.approx(stats.kendalltau([1, 1, 3], [1, 2, 3]).statistic)


def test_answers_without_a_score_are_no_zeros():
    found = moved([0.4, NONE, 0.6, NONE], [NONE, 0.5, 0.6, NONE])
    assert (found.compared, found.lost, found.gained, found.unscored) == (1, 1, 1, 1)
    assert (found.mean_before, found.mean_after, found.pairs, found.tau) == (0.6, 0.6, 0, None)
    nothing = moved([NONE], [NONE])
    assert (nothing.mean_before, nothing.compared) == (None, 0)


def test_a_prompt_that_loses_its_spread_is_named_and_has_no_tau():
    found = moved([0.1, 0.2, 0.5, 0.5], [0.0, 0.0, 0.5, 0.6], [7, 7, 8, 8])
    assert (found.flattened, found.spread, found.tau, found.prompts) == ((7,), (8,), None, 0)


def test_rounding_moves_nothing():
    assert moved([0.3], [0.1 + 0.2]).moved == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), min_size=1, max_size=30))
def test_nothing_moves_against_itself(rows):
    scores, prompts = [score for score, _ in rows], [prompt for _, prompt in rows]
    found = moved(scores, scores, prompts)
    assert (found.moved, found.flipped, found.lost, found.gained) == (0, 0, 0, 0)
    assert found.tau is None or found.tau == pytest.approx(1.0)

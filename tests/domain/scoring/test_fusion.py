"""Smoothing over near-identical answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, scoring
from domain.scoring import fusion
from domain.scoring.fusion import Neighbours


def test_a_score_is_weighed_with_those_of_its_neighbours():
    near = Neighbours(np.array([[1, 2], [0, 2], [0, 1]]), np.array([[0.9, 0.95], [0.9, 0.0], [0.0, 0.0]]))
    found = fusion.fused(np.array([1.0, 0.0, 0.4]), near)
    assert found == pytest.approx([(1 + 0.95 * 0.4) / 2.85, 0.9 / 1.9, 0.4])
    assert near.number.tolist() == [2, 1, 0]


def test_an_unscored_neighbour_is_left_out_and_an_unscored_answer_stays_so():
    near = Neighbours(np.array([[1], [0]]), np.array([[1.0], [1.0]]))
    found = fusion.fused(np.array([0.5, np.nan]), near)
    assert found[0] == 0.5
    assert np.isnan(found[1])


def test_neighbours_are_those_of_nearly_the_same_words():
    text = "Keep the bandage dry for three days and call us when it hurts"
    found = fusion.neighbours([text, f"{text}.", "Something wholly different is said here", text], least=0.8)
    assert found.similarity[0, 0] == pytest.approx(1.0)
    assert found.places[0, 0] == 3
    assert found.number.tolist() == [2, 2, 0, 2]
    alike = fusion.fused(np.array([1.0, 1.0, 0.3, 1.0]), found)
    assert alike == pytest.approx([1.0, 1.0, 0.3, 1.0])


@pytest.mark.parametrize("texts", [[], ["alone"], ["", " "]])
def test_where_nothing_is_near_scores_stay(texts):
    scores = np.linspace(0, 1, len(texts))
    assert fusion.fused(scores, fusion.neighbours(texts)).tolist() == scores.tolist()


def test_blocks_do_not_show():
    texts = [f"word{number % 7} word{number % 11} word{number % 13}" for number in range(600)]
    found = fusion.neighbours(texts, least=0.99)
    same = [texts.index(text) for text in texts]
    assert (found.number[[place for place, first in enumerate(same) if first != place]] > 0).all()
    assert all(place not in row for place, row in enumerate(found.places.tolist()))


@pytest.mark.parametrize("wrong", [{"most": 0}, {"most": 51}, {"least": 0.0}, {"least": 1.1}, {"least": float("nan")}])
def test_what_makes_everything_or_nothing_alike_is_refused(wrong):
    with pytest.raises(errors.Invalid) as refused:
        fusion.neighbours(["a", "b"], **wrong)
    assert refused.value.code == "neighbours_invalid"


NEAR = st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1)), max_size=5)


@given(st.floats(0, 1), NEAR, st.randoms(), st.floats(0.5, 3), st.floats(-1, 1))
def test_smoothing_lies_between_is_affine_and_heeds_no_order(score, near, random, scale, shift):
    found = fusion.smoothed(score, near)
    known = [score, *(one for one, _ in near)]
    assert min(known) - 1e-12 <= found <= max(known) + 1e-12
    turned = list(near)
    random.shuffle(turned)
    assert fusion.smoothed(score, turned) == found
    moved = fusion.smoothed(scale * score + shift, [(scale * one + shift, alike) for one, alike in near])
    assert moved == pytest.approx(scale * found + shift)


@given(st.one_of(st.none(), st.floats(0, 1)), st.lists(st.tuples(st.one_of(st.none(), st.floats(0, 1)),
       st.floats(0.01, 1)), max_size=4))  # fmt: skip
def test_the_trace_gives_the_smoothed_score_again(score, near):
    step = fusion.step(score, [(f"r{n}", one, alike) for n, (one, alike) in enumerate(near)])
    assert scoring.recompute([step]) == step["out"]
    assert (step["out"] is None) == (score is None)

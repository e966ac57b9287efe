"""Consensus on one answer as RLBFF has it, and groups of what says the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors
from domain.principles import ALIKE, Held, Standing, consensus, cosines, groups, nearest, word_vectors


def at(*degrees: float) -> np.ndarray:
    return np.array([[np.cos(np.radians(one)), np.sin(np.radians(one))] for one in degrees])


THREE = [Held("ann", "r1", True), Held("bob", "r1", True), Held("cyd", "r1", True)]


def test_every_other_person_must_hold_it():
    """Cosine 0.8 is 36.87 degrees: at 0, 30 and 60 only the middle one is near both others."""
    assert consensus(THREE, at(0, 30, 60)) == [False, True, False]
    assert consensus(THREE, at(0, 20, 30)) == [True, True, True]
    assert consensus(THREE, at(0, 30, 60), over=0.4) == [True, True, True]
    assert consensus(THREE[:1], at(0)) == [False]


def test_other_answers_and_oneself_do_not_count():
    held = [Held("ann", "r1", True), Held("ann", "r1", True), Held("bob", "r2", True)]
    assert consensus(held, at(0, 0, 0)) == [False, False, False]


def test_exactly_as_alike_as_the_limit_is_not_over_it():
    vectors = np.array([[1.0, 0.0], [0.8, 0.6]])
    assert consensus(THREE[:2], vectors) == [False, False]
    assert consensus(THREE[:2], vectors, over=ALIKE - 1e-9) == [True, True]


def test_all_who_wrote_agree():
    [one] = groups(THREE, at(0, 10, 20))
    assert (one.members[0], one.people, one.answers, one.agreed, one.standing) == (1, 3, 1, 1, Standing.AGREED)


def test_somebody_who_wrote_without_it_makes_it_partial():
    [one] = groups(THREE[:2], at(0, 10), wrote={"r1": 3})
    assert (one.agreed, one.partial, one.standing) == (0, 1, Standing.SEVERAL)


def test_two_who_say_the_contrary_differ():
    held = [Held("ann", "r1", True), Held("bob", "r1", False), Held("ann", "r2", True), Held("bob", "r2", True)]
    [one] = groups(held, at(0, 1, 2, 3))
    assert (one.split, one.agreed, one.standing) == (1, 1, Standing.SPLIT)


def test_one_person_alone_and_several_on_different_answers():
    held = [Held("ann", "r1", True), Held("ann", "r2", False), Held("bob", "r3", True)]
    first, second = groups(held, at(0, 90, 1))
    assert (first.people, first.answers, first.standing) == (2, 2, Standing.SEVERAL)
    assert (second.members, second.standing) == ((1,), Standing.ALONE)


def test_each_two_of_a_group_are_alike():
    """A chain of steps of 30 degrees is not one group."""
    found = groups([Held(str(n), "r", True) for n in range(4)], at(0, 30, 60, 90))
    assert sorted(sorted(one.members) for one in found) == [[0, 1], [2, 3]]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans(), st.floats(0, 180)), max_size=9))
def test_everything_is_in_one_group_of_alike(rows: list[tuple[str, str, bool, float]]):
    held = [Held(person, answer, met) for person, answer, met, _ in rows]
    vectors = at(*(one[3] for one in rows)) if rows else np.zeros((0, 2))
    found = groups(held, vectors)
    assert sorted(n for one in found for n in one.members) == list(range(len(held)))
    for one in found:
        near = cosines(vectors[list(one.members)])
        assert (near > ALIKE - 1e-9).all()
        assert one.agreed + one.split + one.partial <= one.answers


def test_bad_input_is_refused():
    with pytest.raises(errors.Invalid):
        groups(THREE, at(0, 1))
    with pytest.raises(errors.Invalid):
        consensus(THREE, at(0, 1, 2), over=1.5)
    with pytest.raises(errors.Invalid):
        cosines(np.array([[np.nan, 1.0]]))
    with pytest.raises(errors.Invalid):
        cosines(np.ones((1, 2)), np.ones((1, 3)))
    with pytest.raises(errors.Invalid):
        groups([Held("a", "r", True)] * 4_001, np.ones((4_001, 1)))
    assert groups([], np.zeros((0, 1))) == []


def test_the_nearest_other():
    found = nearest(at(0, 80), at(90, 10))
    assert [one and (one[0], round(one[1], 6)) for one in found] == [(1, 0.984808), (0, 0.984808)]
    assert nearest(at(0), np.zeros((0, 2))) == [None]
    assert nearest(np.zeros((1, 2)), at(0)) == [None]


def test_words_in_common():
    texts = ["The response names the dose.", "Names the dose", "Cites its sources", "…"]
    alike = cosines(word_vectors(texts))
    assert alike[0, 1] > 0.9
    assert alike[0, 2] < 0.2
    assert (alike[3] == 0).all()
    assert word_vectors(["", "…"]).tolist() == [[0.0], [0.0]]

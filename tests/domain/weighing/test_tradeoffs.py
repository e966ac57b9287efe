"""Pairwise trade-offs against known values and their own rules."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, weighing
from domain.weighing import tradeoffs

WORTH = st.lists(st.floats(0.2, 5), min_size=2, max_size=8)


def compared(worth: list[float]) -> dict[tuple[str, str], float]:
    """All comparisons of items that are worth this, without a contradiction."""
    names = [f"i{number}" for number in range(len(worth))]
    pairs = itertools.combinations(range(len(worth)), 2)
    return {(names[one], names[other]): worth[one] / worth[other] for one, other in pairs}


@given(WORTH)
def test_consistent_ratios_give_back_what_they_were_made_of(worth: list[float]) -> None:
    found = weighing.judge_tradeoffs([f"i{n}" for n in range(len(worth))], compared(worth))
    expected = [one / math.fsum(worth) for one in worth]
    assert list(found.weights.values()) == pytest.approx(expected)
    assert list(found.geometric.values()) == pytest.approx(expected)
    assert found.index == pytest.approx(0, abs=1e-9)
    assert found.consistent
    assert not found.worst


def test_weights_are_the_principal_eigenvector() -> None:
    said = {("a", "b"): 1 / 2, ("a", "c"): 4, ("b", "c"): 7}
    matrix = np.array([[1, 1 / 2, 4], [2, 1, 7], [1 / 4, 1 / 7, 1]])
    values, vectors = np.linalg.eig(matrix)
    at = int(np.argmax(values.real))
    expected = np.abs(vectors[:, at].real) / np.abs(vectors[:, at].real).sum()
    found = weighing.judge_tradeoffs("abc", said)
    assert list(found.weights.values()) == pytest.approx(expected)
    assert found.largest == pytest.approx(values[at].real)
    assert found.ratio == pytest.approx((values[at].real - 3) / 2 / 0.58)


def test_the_geometric_mean_is_that_of_the_rows() -> None:
    said = {("a", "b"): 3.0, ("a", "c"): 5.0, ("b", "c"): 4.0}
    rows = np.array([[1, 3, 5], [1 / 3, 1, 4], [1 / 5, 1 / 4, 1]]).prod(axis=1) ** (1 / 3)
    assert list(weighing.judge_tradeoffs("abc", said).geometric.values()) == pytest.approx(rows / rows.sum())


def test_a_circle_is_inconsistent_and_its_answers_are_named() -> None:
    found = weighing.judge_tradeoffs("abcd", {**compared_names("abcd", [8, 4, 2, 1]), ("a", "d"): 1 / 8})
    assert not found.consistent
    assert (found.worst[0].first, found.worst[0].second) == ("a", "d")
    assert found.worst[0].implied > 1
    assert found.worst[0].off > 4


def compared_names(names: str, worth: list[float]) -> dict[tuple[str, str], float]:
    """The same with names of one letter."""
    pairs = itertools.combinations(range(len(names)), 2)
    return {(names[one], names[other]): worth[one] / worth[other] for one, other in pairs}


def test_a_chain_is_enough_and_can_contradict_nothing() -> None:
    found = weighing.judge_tradeoffs("abc", {("a", "b"): 2, ("b", "c"): 2})
    assert found.weights == pytest.approx({"a": 4 / 7, "b": 2 / 7, "c": 1 / 7})
    assert found.ratio is None
    assert found.consistent
    assert (found.given, found.possible) == (2, 3)


def test_the_random_index_shrinks_with_what_is_missing() -> None:
    assert tradeoffs.random_index(4, 0) == 0.9
    assert tradeoffs.random_index(4, 1) == pytest.approx(0.6)
    assert tradeoffs.random_index(4, 3) == 0
    assert tradeoffs.random_index(2, 0) == 0
    assert tradeoffs.random_index(40, 0) == 1.59


@pytest.mark.parametrize(
    "said",
    [
        {("a", "b"): 2.0},
        {("a", "z"): 2.0},
        {("a", "a"): 1.0},
        {("a", "b"): 0.0},
        {("a", "b"): math.nan},
        {("a", "b"): 1000.0},
        {("a", "b"): 2.0, ("b", "a"): 2.0},
    ],
)
def test_what_is_no_comparison_or_leaves_an_item_alone_is_refused(said: dict[tuple[str, str], float]) -> None:
    with pytest.raises(errors.Invalid):
        weighing.judge_tradeoffs("abc", said)


def test_nothing_and_too_much_are_refused() -> None:
    for items in ([], [str(n) for n in range(41)]):
        with pytest.raises(errors.Invalid):
            weighing.judge_tradeoffs(items, {})


def test_one_item_has_all_the_weight() -> None:
    assert weighing.judge_tradeoffs(["a"], {}).weights == {"a": 1.0}


def test_neighbours_are_asked_first_and_each_pair_once() -> None:
    said: dict[tuple[str, str], float] = {}
    while (pair := weighing.next_pair("abcd", said)) is not None:
        said[pair] = 1.0
    assert list(said)[:3] == [("a", "b"), ("b", "c"), ("c", "d")]
    assert len(said) == 6

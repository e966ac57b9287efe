"""Weights on the simplex."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, weighing

WEIGHTS = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1000, allow_nan=False), min_size=2)


def test_weights_are_scaled_to_one() -> None:
    assert weighing.normalised({"a": 5, "b": 3, "c": 2}) == {"a": 0.5, "b": 0.3, "c": 0.2}


@pytest.mark.parametrize("bad", [{"a": -1, "b": 2}, {"a": math.nan}, {"a": math.inf}, {"a": 0, "b": 0}, {}])
def test_what_is_negative_or_weighs_nothing_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(errors.Invalid):
        weighing.normalised(bad)


def test_the_others_give_way_in_proportion() -> None:
    found = weighing.moved({"a": 0.5, "b": 0.3, "c": 0.2}, "a", 0.0)
    assert found == pytest.approx({"a": 0.0, "b": 0.6, "c": 0.4})


def test_locked_weights_stay() -> None:
    found = weighing.moved({"a": 0.5, "b": 0.3, "c": 0.2}, "a", 0.9, locked={"b"})
    assert found == pytest.approx({"a": 0.7, "b": 0.3, "c": 0.0})


def test_with_all_others_locked_nothing_moves() -> None:
    assert weighing.moved({"a": 0.5, "b": 0.5}, "a", 0.9, locked={"b"}) == {"a": 0.5, "b": 0.5}


def test_others_that_are_zero_share_what_is_left() -> None:
    assert weighing.moved({"a": 1.0, "b": 0.0, "c": 0.0}, "a", 0.5) == {"a": 0.5, "b": 0.25, "c": 0.25}


def test_an_unknown_weight_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        weighing.moved({"a": 1.0}, "z", 0.5)


@given(WEIGHTS.filter(lambda w: sum(w.values()) > 1e-6), st.floats(-1, 2), st.sets(st.sampled_from("abcdef")))
def test_a_move_stays_on_the_simplex(weights: dict[str, float], to: float, locked: set[str]) -> None:
    before = weighing.normalised(weights)
    name = next(iter(weights))
    after = weighing.moved(weights, name, to, locked - {name})
    assert math.fsum(after.values()) == pytest.approx(1)
    assert min(after.values()) >= -1e-12
    assert all(after[held] == before[held] for held in locked - {name} if held in before)

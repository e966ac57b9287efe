"""Rewards split into parts with the same names."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.scoring import parts
from domain.scoring.parts import Axis


def criterion(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "tags": {}, "tier": None, "aspect": None, **more}


def test_few_criteria_are_parts_themselves():
    split = parts.split_of([criterion("a"), criterion("b"), criterion("a")])
    assert (split.axis, split.keys) == (Axis.CRITERION, ("a", "b", "baseline"))


def test_many_criteria_are_parts_by_dimension_where_there_are_any():
    many = [criterion(f"c{n}", tags={"dimension": f"d{n % 3}"}) for n in range(65)]
    assert parts.split_of(many) == (Axis.DIMENSION, ("d0", "d1", "d2"))
    assert parts.split_of(many[:64]).axis is Axis.CRITERION


def test_many_criteria_without_dimensions_are_parts_by_tier():
    many = [criterion(f"c{n}", tier="essential" if n % 2 else None) for n in range(65)]
    assert parts.split_of(many) == (Axis.TIER, ("none", "essential"))
    different = [criterion(f"c{n}", tags={"dimension": f"d{n}"}) for n in range(65)]
    assert parts.split_of(different) == (Axis.TIER, ("none",))


def test_an_axis_that_is_asked_for_is_taken():
    given_ = [criterion("a", aspect="factual"), criterion("b", aspect="process"), criterion("c")]
    assert parts.split_of(given_, Axis.ASPECT) == (Axis.ASPECT, ("factual", "process", "none"))


def test_what_no_criterion_explains_is_the_baseline():
    found = parts.components(
        0.9, {"a": 0.5, "b": None, "x": 0.1}, {"a": "a", "b": "b", "x": "x"}, ("a", "b", "baseline")
    )
    assert found == {"a": 0.5, "b": 0.0, "baseline": 0.4}


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(-1, 1)), st.floats(-1, 1))
def test_parts_add_up_to_the_reward_under_the_same_keys(contributions: dict[str, float], reward: float):
    names = {name: "odd" if name in "ace" else "even" for name in "abcdef"}
    found = parts.components(reward, contributions, names, ("odd", "even", "baseline"))
    assert list(found) == ["odd", "even", "baseline"]
    assert math.isclose(math.fsum(found.values()), reward, abs_tol=1e-9)

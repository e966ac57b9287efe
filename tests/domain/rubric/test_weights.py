"""Effective weights and shares."""

import math

import pytest
from hypothesis import given

from domain import rubric
from tests.domain.builders import documents, make_rubric

TREE = [{"id": "top", "weight": 2}, {"id": "low", "weight": 3, "parent": "top"}]


def test_weights_of_groups_multiply():
    made = make_rubric({"id": "a", "weight": 5, "group": "low"}, {"id": "b", "weight": 4}, groups=TREE)
    assert rubric.effective_weights(made) == {"a": 30.0, "b": 4.0}
    assert rubric.effective_weights(made, {"a": 1}) == {"a": 6.0, "b": 4.0}
    assert rubric.shares(made) == pytest.approx({"a": 30 / 34, "b": 4 / 34})


def test_nothing_weighs():
    assert rubric.shares(make_rubric({"id": "a", "weight": 0})) == {"a": 0.0}


@given(documents())
def test_shares_sum_to_one_or_nothing(document):
    total = math.fsum(rubric.shares(rubric.parse(document)).values())
    assert total == pytest.approx(1) or total == 0

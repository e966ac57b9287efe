"""Strengths of preference: read, compared, brought together."""

import pytest

from domain import errors
from domain.decisions import pairs


@pytest.mark.parametrize("strength", [-3, -1, 0, 2, 3, 2.0])
def test_strengths_on_offer(strength):
    assert pairs.read_strength({"strength": strength}) == strength


@pytest.mark.parametrize("strength", [-4, 4, 1.5, True, "2", None, float("nan"), [1]])
def test_others_are_refused(strength):
    with pytest.raises(errors.Invalid):
        pairs.read_strength({"strength": strength})


def test_a_spread_of_two_is_the_published_limit():
    limit = pairs.SPREAD / (2 * pairs.MOST)
    assert pairs.distance(-1, 1) == pytest.approx(limit)
    assert pairs.distance(-1, 2) > limit
    assert pairs.distance(-3, 3) == 1


@pytest.mark.parametrize(
    "said, mean", [([-1, 1], 0), ([1, 2], 1), ([-1, -2], -1), ([2, 3, 3], 3), ([0], 0), ([3, 2], 2)]
)
def test_the_mean_leans_to_equally_good(said, mean):
    assert pairs.together(said) == mean

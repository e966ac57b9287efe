"""Swing weighting."""

from collections.abc import Sequence

import pytest

from domain import errors, weighing

ITEMS = ("a", "b", "c")


def test_points_become_weights() -> None:
    found = weighing.swing_weights(ITEMS, ("b", "a", "c"), {"a": 60, "b": 100, "c": 40})
    assert found == pytest.approx({"a": 0.3, "b": 0.5, "c": 0.2})


@pytest.mark.parametrize(
    ("order", "ratings", "pointer"),
    [
        (("a", "b"), {"a": 100, "b": 50}, "/order"),
        (("a", "b", "b"), {"a": 100, "b": 50}, "/order"),
        (("a", "b", "c"), {"a": 100, "b": 50}, "/ratings/c"),
        (("a", "b", "c"), {"a": 100, "b": 50, "c": -1}, "/ratings/c"),
        (("a", "b", "c"), {"a": 100, "b": float("nan"), "c": 0}, "/ratings/b"),
        (("a", "b", "c"), {"a": 90, "b": 50, "c": 1}, "/ratings/a"),
        (("a", "b", "c"), {"a": 100, "b": 50, "c": 60}, "/ratings/c"),
    ],
)
def test_what_contradicts_the_order_is_refused(order: Sequence[str], ratings: dict[str, float], pointer: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        weighing.swing_weights(ITEMS, order, ratings)
    assert refused.value.problems[0].pointer == pointer

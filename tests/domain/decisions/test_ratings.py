"""Five levels: read, compared, brought together."""

import pytest

from domain import errors
from domain.decisions import ratings


def test_levels():
    assert [ratings.read_level({"level": level}) for level in (1, 5, 3.0)] == [1, 5, 3]
    assert (ratings.distance(1, 5), ratings.distance(3, 4), ratings.together([4, 5]), ratings.together([1, 4, 5])) == (
        1, 0.25, 4, 4,
    )  # fmt: skip


@pytest.mark.parametrize("level", [0, 6, 2.5, True, "3", None, {}])
def test_others_are_refused(level):
    with pytest.raises(errors.Invalid):
        ratings.read_level({"level": level})

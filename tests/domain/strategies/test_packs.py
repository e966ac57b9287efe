"""Criteria are packed evenly and in order."""

from hypothesis import given
from hypothesis import strategies as st

from domain.strategies import packs
from tests.domain.builders import make_rubric

CRITERIA = make_rubric(*(f"c{n}" for n in range(60))).criteria


@given(st.integers(0, 60), st.integers(1, 12))
def test_packs_hold_everything_once_and_are_even(count, size):
    made = packs.packed(CRITERIA[:count], size)
    assert [each for pack in made for each in pack] == list(CRITERIA[:count])
    assert len(made) == -(-count // size)
    if made:
        assert max(map(len, made)) <= size
        assert max(map(len, made)) - min(map(len, made)) <= 1

"""What the two orders of a pair together say: the published table, and what no order may change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.strategies import both_orders
from domain.strategies.both_orders import settled

SCORES = st.floats(-2, 2, allow_nan=False)
WINS = {"first": 1, "second": -1, "tie": 0}


@pytest.mark.parametrize(
    ("forward", "backward", "strict", "lenient"),
    [
        (1, 1, "tie", "tie"),
        (1, 0, "tie", "first"),
        (1, -1, "first", "first"),
        (0, 1, "tie", "second"),
        (0, 0, "tie", "tie"),
        (0, -1, "tie", "tie"),
        (-1, 1, "second", "second"),
        (-1, 0, "tie", "tie"),
        (-1, -1, "tie", "tie"),
    ],
)
def test_the_table_of_both_policies(forward, backward, strict, lenient):
    """Rows: whether the answer shown first wins, in the given order and in the swapped one."""
    for policy, winner in (("strict", strict), ("lenient", lenient)):
        score = settled(forward, backward, policy)
        assert (score > 0) - (score < 0) == WINS[winner], (policy, score)


def test_the_score_is_the_mean_of_both_orders():
    assert settled(2, -1, "strict") == 1.5
    assert settled(-1, 2, "strict") == -1.5


def test_a_threshold_makes_small_wins_ties():
    assert settled(1, -1, "strict", 1) == 0
    assert settled(2, -2, "strict", 1) == 2


@given(SCORES, SCORES, st.sampled_from(["strict", "lenient"]), st.floats(0, 2))
def test_swapping_the_members_swaps_the_score(forward, backward, policy, threshold):
    assert settled(forward, backward, policy, threshold) == -settled(backward, forward, policy, threshold)


@given(SCORES, SCORES, st.floats(0, 2))
def test_strict_only_names_winners_that_lenient_names_too(forward, backward, threshold):
    strict = settled(forward, backward, "strict", threshold)
    assert strict == 0 or strict == settled(forward, backward, "lenient", threshold)
    assert -2 <= strict <= 2


def test_the_steps_are_mirrored():
    values = [label.value for label in both_orders.STEPS if label.value is not None]
    assert values == [1 - value for value in reversed(values)]

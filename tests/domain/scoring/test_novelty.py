"""The discount for what was seen before."""

import pytest

from domain import errors
from domain.scoring import novelty


@pytest.mark.parametrize(
    ("reward", "seen", "beta", "expected"),
    [(1.0, 4, 1.0, 0.25), (1.0, 4, 0.5, 0.5), (0.8, 1, 2.0, 0.8), (0.8, 3, 0.0, 0.8), (0.0, 9, 1.0, 0.0)],
)
def test_the_discount_of_the_paper(reward: float, seen: int, beta: float, expected: float):
    assert novelty.discounted(reward, seen, beta) == pytest.approx(expected)


def test_a_bad_answer_gets_no_better_by_being_repeated():
    assert novelty.discounted(-0.5, 100, 1.0) == -0.5


@pytest.mark.parametrize(("seen", "beta"), [(0, 1.0), (1, -0.1), (1, 10.1), (1, float("nan"))])
def test_what_makes_no_sense_is_refused(seen: int, beta: float):
    with pytest.raises(errors.Invalid):
        novelty.discounted(1.0, seen, beta)


def test_the_step_gives_the_reward_again():
    step = novelty.step(0.9, 2, 1.0)
    assert (step["in"], step["out"]) == ({"reward": 0.9, "seen": 2, "beta": 1.0}, 0.45)

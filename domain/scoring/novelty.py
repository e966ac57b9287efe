"""A reward that is worth less each time the same answer comes again (ONI, arXiv 2410.23022, section 3)."""

from __future__ import annotations

from typing import Any

from domain import errors


def discounted(reward: float, seen: int, beta: float) -> float:
    """The reward divided by `seen` to the power `beta`, as ONI divides by the count of a message.

    `seen` counts this time too, so it is at least 1; `beta` is from 0 (no discount) up. A reward below 0 stays as it
    is [ours]: dividing it would make a bad answer better by repeating it. Raises Invalid outside these ranges.
    """
    if seen < 1 or not 0 <= beta <= 10:
        raise errors.Invalid(
            "The discount needs a count of at least 1 and a beta from 0 to 10.", code="novelty_invalid"
        )
    return reward / seen**beta if reward > 0 else reward


def step(reward: float, seen: int, beta: float) -> dict[str, Any]:
    """The step of a trace that gives the discounted reward again."""
    return {
        "step": "novelty",
        "in": {"reward": reward, "seen": seen, "beta": beta},
        "out": discounted(reward, seen, beta),
    }

"""Weights of samples under the posterior that they are good, and how many samples they amount to."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence

import numpy as np

from domain import errors

FROM, TO = 1e-6, 1e6
STEPS = 200
NEAR = 0.05


class Reading(enum.StrEnum):
    """What an effective sample size says."""

    ONE = "one sample takes all"
    FLAT = "the rewards say next to nothing"
    USEFUL = "useful"


def weights(rewards: Sequence[float], beta: float, log_ratios: Sequence[float] | None = None) -> list[float]:
    """The self-normalised posterior weights a_i = softmax(r_i / β) of samples of one prompt (BRAIn, arXiv:2402.02479,
    section 3), times the ratio of prior to proposal where the samples come from elsewhere.

    The weights sum to 1 and do not change when a constant is added to all rewards. Raises Invalid for no rewards, for
    numbers that are not finite and unless β > 0.
    """
    given = np.array(rewards, dtype=np.float64)
    ratios = np.zeros_like(given) if log_ratios is None else np.array(log_ratios, dtype=np.float64)
    if not given.size or ratios.shape != given.shape or not (np.isfinite(given).all() and np.isfinite(ratios).all()):
        raise errors.Invalid("Each sample needs a finite reward.", code="rewards_invalid")
    if not (math.isfinite(beta) and beta > 0):
        raise errors.Invalid("β is a number above 0.", code="beta_invalid")
    logits = (given - given.max()) / beta + ratios
    raised = np.exp(logits - logits.max())
    return [float(one) for one in raised / raised.sum()]


def effective(weights_of: Sequence[float]) -> float:
    """The effective sample size 1 / Σ a_i²: from 1, where one sample takes all, to their number (BRAIn)."""
    total = sum(weight * weight for weight in weights_of)
    if not total > 0:
        raise errors.Invalid("There are no weights.", code="weights_invalid")
    return 1 / total


def reading(size: float, samples: int) -> Reading:
    """What an effective size of so many samples says; within a twentieth of either end it warns (ours)."""
    slack = NEAR * (samples - 1)
    if size <= 1 + slack:
        return Reading.ONE
    return Reading.FLAT if size >= samples - slack else Reading.USEFUL


def beta_for(groups: Sequence[Sequence[float]], share: float) -> float:
    """The β at which the effective size is, on the mean over prompts, this share of the samples (bisection; ours).

    Prompts with fewer than two samples, or equal rewards in all, say nothing about β and are left out. Raises Invalid
    for a share outside (0, 1), where nothing can be weighed, and where ties at the top keep the share above it.
    """
    if not 0 < share < 1:
        raise errors.Invalid("The share of samples is between 0 and 1.", code="share_invalid")
    told = [group for group in groups if len(group) > 1 and max(group) - min(group) > 1e-12]
    if not told:
        raise errors.Invalid("No prompt has two answers with different scores.", code="nothing_to_weigh")
    low, high = FROM, TO
    if _share(told, low) > share:
        raise errors.Invalid(
            f"The effective size is never below {_share(told, low):.0%} of the samples; ask for more.",
            code="share_unreachable",
        )
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if _share(told, middle) < share else (low, middle)
        if high / low < 1 + 1e-9:
            break
    return math.sqrt(low * high)


def _share(groups: Sequence[Sequence[float]], beta: float) -> float:
    return sum(effective(weights(group, beta)) / len(group) for group in groups) / len(groups)

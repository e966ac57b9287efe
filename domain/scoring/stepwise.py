"""From the scores of a trajectory's steps to one number, and to rewards for each step.

Step scores lie in [0, 1]; NaN is a step without a score. An aggregate of steps of which one is unscored is NaN: leaving
it out would reward an answer whose worst step could not be read.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain import errors

Floats = npt.NDArray[np.float64]
EDGE = 1e-6
"""How near to 0 and 1 a score may come where its odds are taken."""
TIMES = (1, 2, 4, 8)
"""How often a step is repeated to see whether that pays."""


class Aggregate(enum.StrEnum):
    """How the scores of steps become one."""

    MIN = "min"
    MAX = "max"
    PRODUCT = "product"
    GEOMETRIC = "geometric"
    MEAN = "mean"
    MEAN_LOGIT = "mean_logit"
    MEAN_ODDS = "mean_odds"
    LAST = "last"


class Shaping(enum.StrEnum):
    """What each step is paid."""

    NONE = "none"
    CLIP = "clip"
    DELTA = "delta"
    CLIP_DELTA = "clip_delta"
    RENORM = "renorm"
    SCALE = "scale"
    ADD = "add"
    POTENTIAL = "potential"


class Reading(enum.StrEnum):
    """What the score of a step says."""

    SCORE = "score"
    HOP = "hop"


class About(NamedTuple):
    """What is true of an aggregate or a shaping: in words, the range of a value, whether it rises with every step."""

    title: str
    says: str
    low: float
    high: float
    rises: bool


AGGREGATES: Mapping[Aggregate, About] = {
    Aggregate.MIN: About("Least", "The weakest step decides.", 0.0, 1.0, True),
    Aggregate.MAX: About("Greatest", "The best step decides.", 0.0, 1.0, True),
    Aggregate.PRODUCT: About("Product", "All must hold; long trajectories sink.", 0.0, 1.0, True),
    Aggregate.GEOMETRIC: About("Geometric mean", "As the product, without sinking with length.", 0.0, 1.0, True),
    Aggregate.MEAN: About("Mean", "Steps count alike.", 0.0, 1.0, True),
    Aggregate.MEAN_LOGIT: About("Mean logit", "The mean of log-odds, as a share again.", 0.0, 1.0, True),
    Aggregate.MEAN_ODDS: About(
        "Mean odds", "The mean of odds, as a share again; sure steps weigh most.", 0.0, 1.0, True
    ),
    Aggregate.LAST: About("Last", "The last step decides.", 0.0, 1.0, True),
}

SHAPINGS: Mapping[Shaping, About] = {
    Shaping.NONE: About("As judged", "Each step is paid its score; more good steps pay more.", 0.0, 1.0, True),
    Shaping.CLIP: About("Clip", "No step gains: good ones cost nothing, others what they lack.", -1.0, 0.0, True),
    Shaping.DELTA: About("Delta", "A step is paid its score less the next one's; the sum is the first score.",
                         -1.0, 1.0, False),
    Shaping.CLIP_DELTA: About("Clip, then delta", "The differences of clipped scores.", -1.0, 1.0, False),
    Shaping.RENORM: About("ReNorm", "Score plus outcome less the centre: the sign is that of the outcome.",
                          -1.0, 1.0, True),
    Shaping.SCALE: About("Times the outcome", "Steps of a failed trajectory are paid nothing.", 0.0, 1.0, True),
    Shaping.ADD: About("Plus the outcome", "Every step is paid the outcome too.", 0.0, 2.0, True),
    Shaping.POTENTIAL: About("Potential", "Discounted score after less score before: the sum tells only end and start.",
                             -1.0, 1.0, False),
}  # fmt: skip


def aggregate(scores: Sequence[float] | Floats, how: Aggregate) -> float:
    """One number of a trajectory's steps; NaN for none, or where one is unscored."""
    values = np.asarray(scores, dtype=np.float64)
    if not values.size or np.isnan(values).any():
        return math.nan
    return float(_AGGREGATES[how](values))


def aggregates(scores: Sequence[float] | Floats) -> dict[Aggregate, float]:
    """All eight, to see how much the choice matters."""
    return {how: aggregate(scores, how) for how in Aggregate}


def clip(scores: Floats, eta: float) -> Floats:
    """min(score − eta, 0): no step gains, so more steps never pay."""
    return np.minimum(scores - eta, 0.0)


def delta(scores: Floats) -> Floats:
    """Score less that of the next step; the last but one keeps its own, the last is left to the outcome.

    What is paid from a step on sums to the score of that step. A single step is paid nothing.
    """
    paid = np.zeros_like(scores)
    if len(scores) > 1:
        paid[:-1] = scores[:-1]
        paid[:-2] -= scores[1:-1]
    return paid


def renorm(scores: Floats, outcome: float, *, mu: float = 1.0) -> Floats:
    """Score + outcome − mu, clipped to [−1, 1]: with mu 1 a right answer is paid 0 to 1, a wrong one −1 to 0."""
    return np.clip(scores + outcome - mu, -1.0, 1.0)


def potential(scores: Floats, *, gamma: float = 1.0, start: float = 0.0) -> Floats:
    """gamma · potential after a step − potential before it; without discount the sum is end − start."""
    before = np.concatenate(([start], scores[:-1]))
    return gamma * scores - before if len(scores) else scores


def progress(hops: Sequence[float] | Floats) -> Floats:
    """How far each step is, from hops in [−1, 1]: gains are shares of what remained, losses of what was reached.

    Robo-Dopamine (arXiv 2512.23703). The first hop is where one stands. An unscored step leaves all after it NaN.
    """
    reached: list[float] = []
    now = 0.0
    for place, hop in enumerate(hops):
        now = float(hop) if place == 0 else now + (1.0 - now) * float(hop) if hop >= 0 else now + now * float(hop)
        reached.append(now)
    return np.array(reached, dtype=np.float64)


def read(scores: Sequence[float] | Floats, reading: Reading) -> Floats:
    """How good, or how far, each step is, from 0 to 1: the scores, or the progress that they make as hops.

    As a hop (ours) ½ stands still, 1 gains all that remained, 0 loses all that was reached; nobody is behind the start.
    """
    values = np.asarray(scores, dtype=np.float64)
    if reading is Reading.SCORE or not values.size:
        return values
    hops = 2.0 * values - 1.0
    hops[0] = np.maximum(hops[0], 0.0)
    return progress(hops)


class Way(NamedTuple):
    """How steps are paid: the shaping with its settings, the aggregate that is told beside it, what scores say."""

    shaping: Shaping = Shaping.NONE
    aggregate: Aggregate = Aggregate.MIN
    eta: float = 0.5
    mu: float = 1.0
    gamma: float = 1.0
    alpha: float = 1.0
    reading: Reading = Reading.SCORE


class Paid(NamedTuple):
    """What the steps of one trajectory are paid: each step, their sum, and the aggregate of what the scores say.

    `levels` is what the scores say of each step, by the reading.
    """

    steps: Floats
    total: float
    aggregate: float
    levels: Floats


class Padded(NamedTuple):
    """What a trajectory is paid in all where one step, by its place, stands so many times."""

    place: int
    times: tuple[int, ...]
    totals: tuple[float, ...]

    @property
    def grows(self) -> bool:
        """Whether repeating the step pays."""
        return any(total > self.totals[0] + EDGE for total in self.totals[1:])


def needs_outcome(shaping: Shaping) -> bool:
    """Whether a shaping cannot do without knowing how the trajectory ended."""
    return shaping in {Shaping.RENORM, Shaping.SCALE, Shaping.ADD}


def pay(scores: Sequence[float] | Floats, way: Way, *, outcome: float | None = None) -> Paid:
    """What each step is paid: alpha · what the shaping gives it. An unscored step leaves itself, and all that is
    reckoned from it, without a reward."""
    values = read(scores, way.reading)
    if needs_outcome(way.shaping) and outcome is None:
        raise errors.Invalid(
            f"{SHAPINGS[way.shaping].title} needs the outcome of the trajectory.", code="outcome_needed",
            problems=[errors.Problem("/outcome", "is needed by this shaping")],
        )  # fmt: skip
    steps = way.alpha * _shaped(values, way, math.nan if outcome is None else outcome)
    total = float(steps.sum()) if len(steps) else math.nan
    return Paid(steps, total, aggregate(values, way.aggregate), values)


def padding(scores: Sequence[float] | Floats, place: int, way: Way, *, outcome: float | None = None,
            times: Sequence[int] = TIMES) -> tuple[float, ...]:  # fmt: skip
    """What a trajectory is paid in all where one step stands so many times: it must not rise."""
    values = np.asarray(scores, dtype=np.float64)
    repeated = [np.repeat(values, np.where(np.arange(len(values)) == place, count, 1)) for count in times]
    return tuple(pay(each, way, outcome=outcome).total for each in repeated)


def padded(scores: Sequence[float] | Floats, way: Way, *, outcome: float | None = None) -> Padded | None:
    """What is paid where the best step is repeated (2410.15115); None without steps, or where one is unscored."""
    values = np.asarray(scores, dtype=np.float64)
    if not values.size or np.isnan(values).any():
        return None
    place = int(values.argmax())
    return Padded(place, TIMES, padding(values, place, way, outcome=outcome))


def _shaped(values: Floats, way: Way, outcome: float) -> Floats:
    match way.shaping:
        case Shaping.NONE:
            return values
        case Shaping.CLIP:
            return clip(values, way.eta)
        case Shaping.DELTA:
            return delta(values)
        case Shaping.CLIP_DELTA:
            return delta(clip(values, way.eta))
        case Shaping.RENORM:
            return renorm(values, outcome, mu=way.mu)
        case Shaping.SCALE:
            return values * outcome
        case Shaping.ADD:
            return values + outcome
        case Shaping.POTENTIAL:
            return potential(values, gamma=way.gamma)


def _inside(values: Floats) -> Floats:
    return np.clip(values, EDGE, 1.0 - EDGE)


def _mean_logit(values: Floats) -> float:
    inside = _inside(values)
    mean = float(np.log(inside / (1.0 - inside)).mean())
    return 1.0 / (1.0 + math.exp(-mean))


def _mean_odds(values: Floats) -> float:
    inside = _inside(values)
    odds = float((inside / (1.0 - inside)).mean())
    return odds / (1.0 + odds)


def _geometric(values: Floats) -> float:
    return float(np.exp(np.log(values).mean())) if values.min() > 0 else 0.0


_AGGREGATES: Mapping[Aggregate, Callable[[Floats], float]] = {
    Aggregate.MIN: lambda values: float(values.min()),
    Aggregate.MAX: lambda values: float(values.max()),
    Aggregate.PRODUCT: lambda values: float(values.prod()),
    Aggregate.GEOMETRIC: _geometric,
    Aggregate.MEAN: lambda values: float(values.mean()),
    Aggregate.MEAN_LOGIT: _mean_logit,
    Aggregate.MEAN_ODDS: _mean_odds,
    Aggregate.LAST: lambda values: float(values[-1]),
}

"""Steps put together as trajectories: what each step is paid, and one number of them all."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from apps.training.models import RewardItem, RewardRequest
from domain.scoring import stepwise
from domain.scoring.stepwise import Aggregate, Shaping, Way


def way_of(request: RewardRequest) -> Way:
    """How a request has steps paid."""
    said = request.stepwise
    return Way(
        Shaping(said["shaping"]), Aggregate(said["aggregate"]), said["eta"], said["mu"], said["gamma"], said["alpha"]
    )


def trajectories(
    request: RewardRequest, items: Sequence[RewardItem], results: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The trajectories of a request in the order in which they come, their steps by place.

    A step counts with its displayed score, from 0 to 1; one without a score has no reward, nor has the whole.
    """
    way, outcomes = way_of(request), request.stepwise["outcomes"]
    together: dict[str, list[tuple[RewardItem, Mapping[str, Any]]]] = {}
    for item, result in zip(items, results, strict=True):
        together.setdefault(item.group, []).append((item, result))
    return [_trajectory(group, steps, way, outcomes.get(group)) for group, steps in together.items()]


def _trajectory(
    group: str, steps: list[tuple[RewardItem, Mapping[str, Any]]], way: Way, outcome: float | None
) -> dict[str, Any]:
    steps.sort(key=lambda pair: pair[0].step or 0)
    scores = [math.nan if result["display"] is None else float(result["display"]) for _, result in steps]
    paid = stepwise.pay(scores, way, outcome=outcome)
    return {
        "group": group,
        "outcome": outcome,
        "total": _number(paid.total),
        "aggregate": _number(paid.aggregate),
        "steps": [
            {"id": item.external_id, "step": item.step, "score": _number(score), "reward": _number(reward)}
            for (item, _), score, reward in zip(steps, scores, paid.steps.tolist(), strict=True)
        ],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)

"""Steps put together as trajectories: what each step is paid, and numbers of them all."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from apps.training.models import RewardItem, RewardRequest
from domain.scoring import stepwise
from domain.scoring.stepwise import Aggregate, Reading, Shaping, Way


def way_of(request: RewardRequest) -> Way:
    """How a request has steps paid."""
    said = request.stepwise
    return Way(
        Shaping(said["shaping"]), Aggregate(said["aggregate"]), said["eta"], said["mu"], said["gamma"], said["alpha"],
        Reading(said.get("reading", Reading.SCORE)),
    )  # fmt: skip


def trajectories(
    request: RewardRequest, items: Sequence[RewardItem], results: Sequence[Mapping[str, Any]], way: Way | None = None
) -> list[dict[str, Any]]:
    """The trajectories of a request in the order in which they come, their steps by place, paid as the request says.

    A step counts with its displayed score, from 0 to 1; one without a score has no reward, nor has the whole. Another
    `way` says what the same scores would have been paid.
    """
    outcomes = request.stepwise["outcomes"]
    together: dict[str, list[tuple[RewardItem, Mapping[str, Any]]]] = {}
    for item, result in zip(items, results, strict=True):
        together.setdefault(item.group, []).append((item, result))
    return [_of_items(group, steps, way or way_of(request), outcomes.get(group)) for group, steps in together.items()]


def paid(
    group: str, scores: Sequence[float | None], way: Way, outcome: float | None, names: Sequence[tuple[str, int]]
) -> dict[str, Any]:
    """What a trajectory is paid, as REST shows it; `names` are the ids and places of its steps.

    `levels` are what the scores say: themselves, or as hops the progress reached. `padding` repeats the best step.
    """
    known = [math.nan if score is None else float(score) for score in scores]
    made = stepwise.pay(known, way, outcome=outcome)
    repeated = stepwise.padded(known, way, outcome=outcome)
    return {
        "group": group,
        "outcome": outcome,
        "total": _number(made.total),
        "aggregate": _number(made.aggregate),
        "aggregates": {how.value: _number(value) for how, value in stepwise.aggregates(made.levels).items()},
        "padding": None if repeated is None else {
            "step": names[repeated.place][1], "times": list(repeated.times), "totals": list(repeated.totals),
            "grows": repeated.grows,
        },
        "steps": [
            {
                "id": name, "step": place, "score": _number(score), "level": _number(level), "reward": _number(reward),
            }
            for (name, place), score, level, reward in zip(
                names, known, made.levels.tolist(), made.steps.tolist(), strict=True
            )
        ],
    }  # fmt: skip


def _of_items(
    group: str, steps: list[tuple[RewardItem, Mapping[str, Any]]], way: Way, outcome: float | None
) -> dict[str, Any]:
    steps.sort(key=lambda pair: pair[0].step or 0)
    names = [(item.external_id, item.step or 0) for item, _ in steps]
    return paid(group, [result["display"] for _, result in steps], way, outcome, names)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)

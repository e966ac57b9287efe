"""What the training pages show: choices, curves and rewards."""

import json
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricSetVersion, RubricVersion, VersionStatus
from apps.training import queries
from apps.training.models import RewardRequest, TrainingRun
from domain.scoring.stepwise import AGGREGATES, SHAPINGS

MOST_CURVES = 12


def approved_versions(actor: Actor) -> list[RubricVersion]:
    """What can be put into a release, one approved version a rubric."""
    found = RubricVersion.objects.filter(
        rubric__workspace=actor.workspace, rubric__rubric_set=None, status=VersionStatus.APPROVED
    )
    return list(found.select_related("rubric").order_by("rubric__title"))


def approved_sets(actor: Actor) -> list[RubricSetVersion]:
    """Approved versions of rubric sets."""
    found = RubricSetVersion.objects.filter(rubric_set__workspace=actor.workspace, status=VersionStatus.APPROVED)
    return list(found.select_related("rubric_set").order_by("rubric_set__title"))


def curves(run: TrainingRun) -> list[dict[str, Any]]:
    """One quiet plot per reported number, with its table."""
    import plotly.graph_objects as go

    found = []
    for index, (name, curve) in enumerate(sorted(queries.telemetry(run).items())[:MOST_CURVES]):
        steps, values = [step for step, _ in curve], [value for _, value in curve]
        figure = go.Figure(
            go.Scatter(x=steps, y=values, mode="lines+markers", hovertemplate="step %{x}: %{y:.4g}<extra></extra>")
        )
        figure.update_layout(
            height=220, margin={"l": 44, "r": 8, "t": 8, "b": 32}, xaxis_title="step", showlegend=False
        )
        rows = [[step, f"{value:.6g}"] for step, value in curve]
        found.append(
            {
                "id": f"curve-{index}",
                "name": name,
                "figure": json.loads(figure.to_json()),
                "last": values[-1],
                "rows": rows,
            }
        )
    return found


def reward_curve(run: TrainingRun) -> list[dict[str, Any]]:
    """The mean reward of each request that named a step, leading to its verdicts."""
    found = []
    for request in queries.requests_of(run).exclude(step=None).order_by("step")[:500]:
        rewards = [result["reward"] for result in queries.answer(request)["results"]]
        scored = [reward for reward in rewards if reward is not None]
        found.append(
            {
                "request": request,
                "step": request.step,
                "mean": sum(scored) / len(scored) if scored else None,
                "scored": len(scored),
                "unscored": len(rewards) - len(scored),
            }
        )
    return found


def step_words(request: RewardRequest) -> dict[str, str]:
    """How steps are paid, in words; nothing for other requests."""
    if request.shape != "steps":
        return {}
    way = queries.way_of(request)
    return {"shaping": SHAPINGS[way.shaping].title, "aggregate": AGGREGATES[way.aggregate].title.lower()}


def reward_rows(request: RewardRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The answer as REST gives it, and its rows with the addresses of their verdicts."""
    answer = queries.answer(request)
    places = queries.places(request)
    rows = [{**result, "place": places.get(result["id"])} for result in answer["results"]]
    return answer, rows

"""The curves of a training run."""

import json
from typing import Any

from apps.training import queries
from apps.training.models import TrainingRun

MOST_CURVES = 12


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

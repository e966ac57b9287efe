"""What the training pages show: choices, curves and rewards."""

import json
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricSetVersion, RubricVersion, VersionStatus
from apps.training import queries
from apps.training.forms import StepwiseForm
from apps.training.models import RewardRequest, TrainingRun
from domain import errors
from domain.scoring.stepwise import AGGREGATES, SHAPINGS, Aggregate, Reading

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


def steps(request: RewardRequest, answer: dict[str, Any], form: StepwiseForm) -> dict[str, Any]:
    """The trajectories of a request as they were paid, or as the form asks: curves, and what padding would pay."""
    way = queries.way_of(request)
    context: dict[str, Any] = {"form": form, "trajectories": answer["trajectories"], "what_if": False}
    if form.is_valid() and form.way() != way:
        try:
            items = queries.items_of(request)
            context["trajectories"] = queries.trajectories(request, items, answer["results"], form.way())
            way, context["what_if"] = form.way(), True
        except errors.Invalid as error:
            form.add_error("shaping", error.message)
    return context | {
        "shaping": SHAPINGS[way.shaping],
        "aggregate": AGGREGATES[way.aggregate].title.lower(),
        "hops": way.reading is Reading.HOP,
        "paths": [
            {
                **path,
                "plot": _path_plot(path),
                "plot_id": f"path-{number}",
                "named": _aggregates(path),
                "label": f"What each step of {path['group']} says and is paid; the table below has the numbers",
            }
            for number, path in enumerate(context["trajectories"][:MOST_CURVES])
        ],
        "more_paths": context["trajectories"][MOST_CURVES:],
        "growing": sum(bool(path["padding"] and path["padding"]["grows"]) for path in context["trajectories"]),
    }


def _aggregates(path: dict[str, Any]) -> list[tuple[str, float | None]]:
    return [(AGGREGATES[Aggregate(name)].title, value) for name, value in path["aggregates"].items()]


def _path_plot(path: dict[str, Any]) -> dict[str, Any]:
    """What each step says and is paid, along the trajectory."""
    places = [one["step"] for one in path["steps"]]
    line = {"type": "scatter", "mode": "lines+markers", "x": places, "connectgaps": False}
    return {
        "data": [
            {**line, "name": "level", "y": [one["level"] for one in path["steps"]]},
            {**line, "name": "paid", "y": [one["reward"] for one in path["steps"]], "line": {"dash": "dot"}},
        ],
        "layout": {
            "height": 240, "margin": {"l": 44, "r": 8, "t": 8, "b": 36}, "xaxis": {"title": "step", "dtick": 1},
            "legend": {"orientation": "h", "y": -0.35}, "showlegend": True,
        },
    }  # fmt: skip


def reward_rows(request: RewardRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The answer as REST gives it, and its rows with the addresses of their verdicts."""
    answer = queries.answer(request)
    places = queries.places(request)
    rows = [{**result, "place": places.get(result["id"])} for result in answer["results"]]
    return answer, rows

"""The rewards of a request, and the trajectories of one for steps."""

from collections.abc import Mapping
from typing import Any

from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from apps.training import queries
from apps.training.forms import StepwiseForm
from apps.training.models import RewardRequest
from domain import errors
from domain.scoring.stepwise import AGGREGATES, SHAPINGS, Aggregate, Reading

MOST_PATHS = 12
MOST_GROUPS = 50
MOST_COLUMNS = 32


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
            for number, path in enumerate(context["trajectories"][:MOST_PATHS])
        ],
        "more_paths": context["trajectories"][MOST_PATHS:],
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


def groups(request: RewardRequest, answer: dict[str, Any]) -> dict[str, Any]:
    """The first groups of a request, those with something to mend first, and how many have no advantage."""
    found = sorted(answer["groups"], key=lambda group: not group["needs_guidance"])
    versions = {item.group: item.version for item in queries.items_of(request)}
    return {
        "groups": [{**group, "table": _table(group, versions[group["group"]])} for group in found[:MOST_GROUPS]],
        "more_groups": max(0, len(found) - MOST_GROUPS),
        "flat": sum(group["flat"] for group in found),
    }


def _table(group: Mapping[str, Any], version: RubricVersion) -> list[dict[str, Any]]:
    """A row for each criterion with its value in each rollout; too wide a group has none."""
    if len(group["ids"]) > MOST_COLUMNS:
        return []
    texts = {one.id: one.text for one in rubric_queries.domain_rubric(version).criteria}
    return [
        {"text": texts.get(name, name), "values": [row[place] for row in group["matrix"]]}
        for place, name in enumerate(group["criteria"])
    ]


def reward_rows(request: RewardRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The answer as REST gives it, and its rows with the addresses of their verdicts."""
    answer = queries.answer(request)
    places = queries.places(request)
    rows = [{**result, "place": places.get(result["id"])} for result in answer["results"]]
    return answer, rows

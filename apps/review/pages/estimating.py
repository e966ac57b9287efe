"""What the page of true rates shows: intervals of labels, judge and both, and how many labels would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset
from apps.review import queries
from apps.review.pages.agreeing import name_of
from domain.agreement import powered

MOST_DRAWN = 20
UNNAMED = "no model named"
TRACES = (("labels alone", "labels"), ("judge alone", "judge"), ("both", "both"))


@dataclass(frozen=True)
class EstimateLine:
    """A row with its name and what is to be said of it."""

    name: str
    row: queries.EstimateRow
    notes: list[str]


def estimates_page(found: queries.Estimates) -> dict[str, Any]:
    """Both tables with their plots: criteria over all models, and one criterion model by model."""
    lines = [_line(name_of(row.criterion), row) for row in found.rows]
    apart = [_line(row.model or UNNAMED, row) for row in found.closely]
    return {
        "found": found,
        "lines": lines,
        "apart": apart if len(apart) > 1 else [],
        "closely_name": name_of(found.criterion),
        "plot": _plot(lines),
        "apart_plot": _plot(apart) if len(apart) > 1 else None,
        "fewest": powered.FEWEST,
    }


def dataset_tabs(actor: Actor, dataset: Dataset, active: str) -> list[dict[str, Any]]:
    """Agreement, and for authors true rates."""
    places = [("Agreement", "dataset-agreement")]
    if actor.can(Role.AUTHOR):
        places.append(("True rates", "dataset-estimates"))
    slugs = [actor.workspace.slug, dataset.slug]
    return [
        {"label": label, "url": reverse(f"review:{name}", args=slugs), "active": name == active}
        for label, name in places
    ]


def _line(name: str, row: queries.EstimateRow) -> EstimateLine:
    return EstimateLine(name, row, list(_notes(row)))


def _notes(row: queries.EstimateRow) -> Sequence[str]:
    notes = [row.reason] if row.reason else []
    if row.doubtful:
        notes.append("The judge finds the labelled answers unlike the others: they are hardly drawn by chance.")
    if row.found is not None and row.labels == row.verdicts:
        notes.append("Every judged answer has a label, so the verdicts add nothing.")
    elif row.found is not None and row.found.misled:
        notes.append("The judge's own interval misses this mean.")
    left = [
        f"{number:,} {words}"
        for number, words in (
            (row.chosen, "labelled, not drawn by chance"),
            (row.unjudged, "labelled, without a verdict"),
            (row.unscored, "unscored"),
        )
        if number
    ]
    return [*notes, f"Left out: {', '.join(left)}."] if left else notes


def _plot(lines: Sequence[EstimateLine]) -> dict[str, Any] | None:
    shown = [(line.name, line.row.found) for line in lines if line.row.found is not None][:MOST_DRAWN][::-1]
    if not shown:
        return None
    return {
        "data": [_trace(title, [(name, getattr(found, part)) for name, found in shown]) for title, part in TRACES],
        "layout": {
            "height": 130 + 54 * len(shown), "scattermode": "group", "scattergap": 0.3,
            "xaxis": {"title": "mean value; of yes and no, the share of yes", "range": [-0.02, 1.02]},
            "yaxis": {"type": "category"}, "legend": {"orientation": "h", "y": 1, "yanchor": "bottom"},
        },
    }  # fmt: skip


def _trace(title: str, ends: Sequence[tuple[str, powered.Estimate]]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "orientation": "h", "name": title, "marker": {"size": 9},
        "x": [round(one.value, 4) for _, one in ends], "y": [name for name, _ in ends],
        "error_x": {
            "type": "data", "symmetric": False, "array": [round(one.high - one.value, 4) for _, one in ends],
            "arrayminus": [round(one.value - one.low, 4) for _, one in ends],
        },
    }  # fmt: skip

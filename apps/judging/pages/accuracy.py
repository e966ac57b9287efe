"""What the page of judges' accuracy shows."""

from typing import Any

from django.http import QueryDict

from apps.accounts.permissions import Actor
from apps.datasets import queries as dataset_queries
from apps.datasets.models import Dataset
from apps.judging import queries
from apps.judging.pages.judges import judge_crumbs
from domain import accuracy, errors

TIES = {
    accuracy.Ties.SPLIT: ("split", "a tie is worth its share"),
    accuracy.Ties.STRICT: ("strict", "a tie is a loss"),
    accuracy.Ties.LENIENT: ("lenient", "a tie is a win"),
}
MOST_DRAWN = 40
_COIN = {"type": "line", "x0": 50, "x1": 50, "y0": 0, "y1": 1, "yref": "paper", "line": {"dash": "dot"}}


def judge_accuracy(actor: Actor, asked: QueryDict) -> dict[str, Any]:
    """Judges by how often they are right on a chosen data set."""
    choices = queries.datasets_with_preferences(actor)
    ties = _ties(asked.get("ties", ""))
    context: dict[str, Any] = {
        "choices": choices,
        "ties": ties,
        "policies": [(policy.value, *TIES[policy]) for policy in TIES],
        "crumbs": judge_crumbs(actor, "Accuracy"),
    }
    dataset = _dataset(actor, choices, asked.get("dataset", ""))
    if dataset is None:
        return context
    tags = dataset_queries.tags_of(dataset)
    tag = asked.get("tag", "")
    tag = tag if tag in tags else ""
    rows = sorted(queries.accuracies(dataset, tag=tag), key=lambda row: -(row.figure(ties).value or 0))
    return context | {
        "dataset": dataset,
        "tags": tags,
        "tag": tag,
        "rows": [_row(row, ties) for row in rows],
        "plot": _plot(rows[:MOST_DRAWN], ties),
        "left": max(len(rows) - MOST_DRAWN, 0),
    }


def _dataset(actor: Actor, choices: list[Dataset], slug: str) -> Dataset | None:
    if slug:
        return dataset_queries.get_dataset(actor, slug)
    return choices[0] if choices else None


def _ties(value: str) -> accuracy.Ties:
    if not value:
        return accuracy.Ties.SPLIT
    try:
        return accuracy.Ties(value)
    except ValueError:
        raise errors.Invalid(f"There is no policy “{value}” on ties; there are strict, lenient and split.") from None


def _row(row: queries.JudgeAccuracy, ties: accuracy.Ties) -> dict[str, Any]:
    measures = row.measures
    return {
        "judge": row.judge,
        "name": row.judge.model if row.recorded else str(row.judge),
        "recorded": row.recorded,
        "version": row.version,
        "sort": "compares two" if row.compares else "one by one",
        "figure": _shown(row.figure(ties)),
        "best": _shown(measures.get(f"best_{ties}")),
        "both": _shown(measures.get(f"both_{ties}")),
        "steady": _shown(measures.get("steady")),
        "rank": _shown(measures.get("reciprocal_rank")),
        "prompts": row.prompts,
        "unscored": row.unscored,
        "judged": row.judged,
    }


def _shown(found: accuracy.Estimate | None) -> tuple[str, str]:
    """A figure in percent and its interval."""
    if found is None or found.value is None or found.low is None or found.high is None:
        return "–", ""
    return f"{100 * found.value:.1f}", f"{100 * found.low:.1f} to {100 * found.high:.1f}"


def _plot(rows: list[queries.JudgeAccuracy], ties: accuracy.Ties) -> dict[str, Any]:
    named = [(row.judge.model if row.recorded else str(row.judge), row.figure(ties)) for row in rows]
    drawn = [(name, each) for name, each in named if each.value is not None]
    values = [round(100 * (each.value or 0), 2) for _, each in drawn]
    above = [round(100 * ((each.high or 0) - (each.value or 0)), 2) for _, each in drawn]
    below = [round(100 * ((each.value or 0) - (each.low or 0)), 2) for _, each in drawn]
    lowest = max(0, min([45, *(100 * (each.low or 0) - 5 for _, each in drawn)]))
    return {
        "data": [
            {
                "type": "scatter", "mode": "markers", "x": values, "y": [name for name, _ in drawn],
                "error_x": {"type": "data", "symmetric": False, "array": above, "arrayminus": below},
                "marker": {"size": 9}, "name": "comparisons won",
            }
        ],
        "layout": {
            "height": 140 + 24 * len(drawn), "xaxis": {"title": "comparisons won, %", "range": [lowest, 102]},
            "yaxis": {"autorange": "reversed", "automargin": True},
            "shapes": [_COIN],
            "showlegend": False,
        },
    }  # fmt: skip

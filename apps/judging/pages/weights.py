"""The plots of which weight moves what, each with its table."""

import math
from typing import Any

import numpy as np

from apps.accounts.permissions import Actor
from apps.judging import queries
from apps.judging.pages import frame
from apps.judging.pages.sentences import number
from apps.rubrics.models import RubricVersion
from domain import scoring
from domain.scoring import sensitivity

MOST_BARS = 20
CROSS = "\N{MULTIPLICATION X}"


def weights(actor: Actor, version: RubricVersion, criterion: str) -> dict[str, Any]:
    """The tornado of all weights and the crossing plot of one."""
    found = queries.sensitivity_of(version, criterion)
    context: dict[str, Any] = {
        "version": version,
        "crumbs": frame.crumbs(actor, version, "What each weight moves"),
        "tabs": frame.tabs(actor, version, ""),
        "found": found,
    }
    if found is None:
        return context
    numbers = {one.id: place for place, one in enumerate(found.rubric.criteria, start=1)}
    context["criteria"] = [
        (one.id, f"{numbers[one.id]}: {one.text[:80]}") for one in found.rubric.criteria if one.weight
    ]
    context |= {"tornado": _tornado(found, numbers), "tornado_height": len(found.swings)}
    if found.curves is not None:
        chosen = found.rubric.criterion(found.curves.criterion)
        assert chosen is not None
        context |= {"chosen": chosen, "place": numbers[chosen.id], "crossing": _crossing(found, chosen.weight)}
        context["crossings"] = _crossings(found)
        context["covered"] = _covered(found.curves)
    return context


def _tornado(found: queries.Sensitivity, numbers: dict[str, int]) -> dict[str, Any]:
    swings = found.swings[:MOST_BARS]
    names = [f"{numbers[one.criterion]}: {_short(found, one.criterion)}" for one in swings]
    halves, doubles = [one.low for one in swings], [one.high for one in swings]
    figure = {
        "data": [
            {"type": "bar", "orientation": "h", "name": "half the weight", "x": halves, "y": names},
            {"type": "bar", "orientation": "h", "name": "double the weight", "x": doubles, "y": names},
        ],
        "layout": {
            "height": 120 + 34 * len(swings),
            "barmode": "overlay",
            "xaxis": {"title": "move of the score that moves most"},
            "yaxis": {"autorange": "reversed"},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        },
    }
    rows = [
        [
            name, f"{one.weight:g}", found.titles[one.answer] if one.answer is not None else "no score",
            _signed(one.low), _signed(one.high), one.flips,
        ]
        for name, one in zip(names, swings, strict=True)
    ]  # fmt: skip
    columns = ["Criterion", "Weight", "Answer that moves most", "At half", "At double", "Pairs that turn round"]
    return {"figure": figure, "table": {"columns": columns, "rows": rows}}


def _crossing(found: queries.Sensitivity, present: float) -> dict[str, Any]:
    curves = found.curves
    assert curves is not None
    steps = [round(float(weight), 6) for weight in curves.weights]
    lines = [
        {
            "type": "scatter", "mode": "lines", "name": title, "x": steps,
            "y": [None if math.isnan(score) else round(float(score), 6) for score in scores],
        }
        for title, scores in zip(found.titles, curves.scores, strict=True)
    ]  # fmt: skip
    marks = {
        "type": "scatter", "mode": "markers", "name": "they change places",
        "x": [one.weight for one in curves.crossings], "y": [one.score for one in curves.crossings],
        "text": [f"{found.titles[one.first]} {CROSS} {found.titles[one.second]}" for one in curves.crossings],
        "marker": {"symbol": "circle-open", "size": 11},
    }  # fmt: skip
    line = {"type": "line", "x0": present, "x1": present, "y0": 0, "y1": 1, "yref": "paper", "line": {"dash": "dot"}}
    figure = {
        "data": [*lines, marks],
        "layout": {
            "height": 400, "xaxis": {"title": "weight"}, "yaxis": {"title": "score"}, "shapes": [line],
            "legend": {"orientation": "h", "y": -0.25},
        },
    }  # fmt: skip
    every = range(0, len(steps), 4)
    rows = [
        [title, *("–" if math.isnan(scores[at]) else number(float(scores[at])) for at in every)]
        for title, scores in zip(found.titles, curves.scores, strict=True)
    ]
    return {"figure": figure, "table": {"columns": ["Answer", *(f"{steps[at]:g}" for at in every)], "rows": rows}}


def _crossings(found: queries.Sensitivity) -> list[str]:
    assert found.curves is not None
    return [
        f"At {one.weight:.3g}, {found.titles[one.first]} and {found.titles[one.second]} change places"
        f" ({'a score jumps there' if one.jumps else f'both {number(one.score)}'})."
        for one in found.curves.crossings
    ]


def _covered(curves: sensitivity.Curves) -> str:
    """How surely every change of places is told."""
    inner = curves.scores[:, 1:]
    known = inner[~np.isnan(inner).any(axis=1)]
    if len(known) and float(np.ptp(known, axis=1).max()) <= scoring.SAME:
        return "Under these scoring steps this weight, above 0, moves no score."
    if curves.complete:
        return "Every change of places over these weights is told."
    return (
        f"These scoring steps have no closed form, so weights {curves.spacing:.3g} apart were tried, with a closer "
        "look where two answers come near each other. Two changes of places closer together than that can be missing."
    )


def _short(found: queries.Sensitivity, name: str) -> str:
    criterion = found.rubric.criterion(name)
    text = criterion.text if criterion else name
    return text if len(text) <= 34 else f"{text[:33]}…"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value)

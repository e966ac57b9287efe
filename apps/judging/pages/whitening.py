"""What the page of whitened weights shows: what they rest on, correlations, weights beside the present ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.judging.pages.weighing import base, weight_rows
from apps.rubrics.models import RubricVersion
from domain import errors

MOST_SHOWN = 40
SHORT = 24
ALIKE = 0.95
COLOURS = [[0.0, "rgba(190, 60, 50, 0.9)"], [0.5, "rgba(128, 128, 128, 0.08)"], [1.0, "rgba(40, 105, 190, 0.9)"]]


def whitening(actor: Actor, version: RubricVersion, asked: Mapping[str, str]) -> dict[str, Any]:
    """The choice of answers and what whitening finds on them; no figures where nothing was judged."""
    context = base(actor, version, "Whitened weights") | {
        "sources": queries.whitening_sources(version),
        "frozen": queries.whitened_fits(version),
        "chosen": asked.get("run", ""),
        "may_freeze": actor.can(Role.AUTHOR),
    }
    try:
        found = queries.whitening_of(version, queries.whitening_source(version, asked.get("run", "")))
    except errors.Conflict as nothing:
        return context | {"nothing": nothing.message}
    fitted = found.fitted
    return context | {
        "found": found,
        "rows": weight_rows(version, found.shares),
        "equal": _equal(found),
        "warnings": [] if fitted.uniform else _warnings(found),
        "heat": _heat(found),
        "unshown": max(0, len(found.names) - MOST_SHOWN),
        "weighing": sum(one.weight > 0 for one in found.rubric.criteria),
    }


def _equal(found: queries.Whitening) -> str:
    """Why weights stay equal, where they do: criteria that nobody judged as they are worded now come first."""
    if not found.fitted.uniform or not found.lacking:
        return found.fitted.uniform
    named = ", ".join(str(place + 1) for place in found.lacking)
    return f"No answer has a verdict on criteri{'on' if len(found.lacking) == 1 else 'a'} {named} as worded now."


def _warnings(found: queries.Whitening) -> list[str]:
    """What makes these weights doubtful, each with what to do."""
    fitted, numbers = found.fitted, {place: place + 1 for place in range(len(found.names))}
    said = []
    if fitted.constant:
        named = ", ".join(str(numbers[place]) for place in fitted.constant)
        one = len(fitted.constant) == 1
        said.append(
            f"Criteri{'on' if one else 'a'} {named} {'has' if one else 'have'} the same verdict on every answer, so "
            f"{'it gets' if one else 'they get'} no weight. Keep a weight by hand where it matters all the same."
        )
    if fitted.singular:
        said.append(
            f"The correlations are singular: {fitted.singular} of {len(fitted.eigenvalues)} directions have no spread, "
            "as some criteria say exactly what others say together. Shrinkage keeps the weights finite, but how such "
            "criteria share their weight is arbitrary."
        )
    alike = _pairs(found, lambda correlation: correlation >= ALIKE)
    if alike:
        said.append(f"These say nearly the same and share one voice: {alike}. Think of joining them.")
    if fitted.opposed:
        pairs = ", ".join(f"{numbers[one]} and {numbers[other]}" for one, other in fitted.opposed[:10])
        said.append(f"These contradict each other on most answers: {pairs}. Look whether one is meant as a pitfall.")
    if fitted.cut:
        named = ", ".join(str(numbers[place]) for place in fitted.cut)
        said.append(f"Criterion {named} came out negative and was cut to 0: others say it already.")
    return said


def _pairs(found: queries.Whitening, holds: Any) -> str:
    table = found.correlations
    rows, columns = np.triu_indices(len(table), k=1)
    chosen = [
        f"{one + 1} and {other + 1}"
        for one, other in zip(rows.tolist(), columns.tolist(), strict=True)
        if holds(table[one, other])
    ]
    return ", ".join(chosen[:10]) + (f" and {len(chosen) - 10} more pairs" if len(chosen) > 10 else "")


def _heat(found: queries.Whitening) -> dict[str, Any] | None:
    """The correlations as a heat map, and as a table."""
    count = min(MOST_SHOWN, len(found.names))
    if found.answers < 2 or count < 2:
        return None
    table = found.correlations[:count, :count]
    names = [f"{place}" for place in range(1, count + 1)]
    texts = [_short(one.text) for one in found.rubric.criteria[:count]]
    values = [[None if np.isnan(value) else round(float(value), 3) for value in row] for row in table]
    figure = {
        "data": [
            {
                "type": "heatmap", "x": names, "y": names, "z": values, "zmin": -1, "zmax": 1, "colorscale": COLOURS,
                "xgap": 1, "ygap": 1, "colorbar": {"thickness": 10, "len": 0.9, "tickvals": [-1, 0, 1]},
                "text": [[f"{first} × {second}" for second in texts] for first in texts],
                "hovertemplate": "%{y} × %{x}: %{z}<br>%{text}<extra></extra>",
            }
        ],
        "layout": {
            "height": max(260, min(640, 120 + 26 * count)),
            "xaxis": {"type": "category", "title": "criterion", "constrain": "domain"},
            "yaxis": {"type": "category", "autorange": "reversed", "title": "criterion"},
        },
    }  # fmt: skip
    rows = [
        [
            f"{number}: {text}",
            *("–" if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}") for value in row),
        ]
        for number, text, row in zip(names, texts, values, strict=True)
    ]
    return {"figure": figure, "table": {"columns": ["Criterion", *names], "rows": rows}}


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"

"""What the page that compares two runs shows."""

from typing import Any

from django.http import QueryDict

from apps.accounts.permissions import Actor
from apps.judging import queries
from apps.judging.pages.runs import crumbs
from domain import errors

LEAST_FOR_PLOT = 2


def run_comparison(actor: Actor, asked: QueryDict) -> dict[str, Any]:
    """Two sides to choose, and once both are chosen how they differ."""
    context: dict[str, Any] = {
        "choices": [(side.ref, str(side)) for side in queries.sides_of(actor)],
        "crumbs": crumbs(actor, "Compare"),
        "reason": "",
    }
    first, second = (queries.side(actor, ref) if ref else None for ref in (asked.get("a"), asked.get("b")))
    context |= {"first": first, "second": second}
    if first is None or second is None:
        return context
    if first.ref == second.ref:
        return context | {"reason": "Choose two different sides: another run, judge or version."}
    try:
        found = queries.compare(first, second)
    except errors.Invalid as error:
        return context | {"reason": error.message}
    return context | {"found": found, "plot": _plot(found) if len(found.points) >= LEAST_FOR_PLOT else None}


def _plot(found: queries.Comparison) -> dict[str, Any]:
    across, up = [round(one, 6) for one, _, _ in found.points], [round(other, 6) for _, other, _ in found.points]
    titles = [title for _, _, title in found.points]
    low, high = min(*across, *up), max(*across, *up)
    return {
        "data": [
            {
                "type": "scatter", "mode": "markers", "x": across, "y": up, "text": titles,
                "marker": {"size": 6, "opacity": 0.6}, "name": "answers",
            }
        ],
        "layout": {
            "height": 420, "xaxis": {"title": "score on the first side"}, "yaxis": {"title": "on the second"},
            "shapes": [{"type": "line", "x0": low, "y0": low, "x1": high, "y1": high, "line": {"dash": "dot"}}],
            "showlegend": False,
        },
    }  # fmt: skip

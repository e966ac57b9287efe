"""What a person reads of their own decisions."""

from typing import Any

from apps.accounts.permissions import Actor
from apps.review import queries


def own_page(actor: Actor) -> dict[str, Any]:
    """The person's figures with a plot of their days."""
    figures = queries.own_figures(actor)
    return {"figures": figures, "plot": _plot(figures.days), "table": _table(figures.days)}


def _plot(days: tuple[queries.Day, ...]) -> dict[str, Any] | None:
    """Decisions day by day; nothing to draw without any."""
    if not days:
        return None
    return {
        "data": [{"type": "bar", "x": [one.day.isoformat() for one in days], "y": [one.decisions for one in days]}],
        "layout": {"height": 260, "showlegend": False, "yaxis": {"title": "decisions", "rangemode": "tozero"}},
    }


def _table(days: tuple[queries.Day, ...]) -> dict[str, Any]:
    rows = [
        [one.day.isoformat(), one.decisions, "–" if one.seconds is None else f"{one.seconds:.0f}"]
        for one in reversed(days)
        if one.decisions
    ]
    return {"columns": ["Day", "Decisions", "Median seconds"], "rows": rows}

"""What a person reads of their own decisions."""

from datetime import datetime, time, timedelta
from typing import Any

from apps.accounts.permissions import Actor
from apps.review import queries

SHOWN = timedelta(days=13)
BESIDE = timedelta(hours=12)
DAY = 24 * 3600 * 1000


def own_page(actor: Actor) -> dict[str, Any]:
    """The person's figures with a plot of their days."""
    figures = queries.own_figures(actor)
    return {"figures": figures, "plot": _plot(figures.days), "table": _table(figures.days)}


def _plot(days: tuple[queries.Day, ...]) -> dict[str, Any] | None:
    """Decisions day by day, over two weeks at least; nothing to draw without any."""
    if not days:
        return None
    dates, last = [one.day for one in days], datetime.combine(days[-1].day, time())
    first = min(datetime.combine(dates[0], time()), last - SHOWN)
    axis: dict[str, Any] = {"type": "date", "tickformat": "%-d %b", "range": [str(first - BESIDE), str(last + BESIDE)]}
    if last - first <= SHOWN:
        axis |= {"tick0": str(first), "dtick": DAY}
    bars = {"type": "bar", "x": [str(one) for one in dates], "y": [one.decisions for one in days], "width": 0.7 * DAY}
    return {
        "data": [bars],
        "layout": {
            "height": 260, "showlegend": False, "xaxis": axis, "yaxis": {"title": "decisions", "rangemode": "tozero"},
        },
    }  # fmt: skip


def _table(days: tuple[queries.Day, ...]) -> dict[str, Any]:
    rows = [
        [one.day.isoformat(), one.decisions, "–" if one.seconds is None else f"{one.seconds:.0f}"]
        for one in reversed(days)
        if one.decisions
    ]
    return {"columns": ["Day", "Decisions", "Median seconds"], "rows": rows}

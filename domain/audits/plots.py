"""Plots as data: series with names and ids, and the figure that the pages draw of them."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Coordinate = float | str | None
Address = Callable[[str], str | None]


class Form(enum.StrEnum):
    """How a series is drawn."""

    LINE = "line"
    POINTS = "points"
    BARS = "bars"
    TREE = "tree"


@dataclasses.dataclass(frozen=True)
class Series:
    """Coordinates of one series; `low` and `high` are ends of intervals, `ids` what each point stands for."""

    name: str
    x: Sequence[Coordinate]
    y: Sequence[Coordinate]
    form: Form = Form.LINE
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    ids: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Plot:
    """A plot with named axes: series, or `cells` (rows from top to bottom) with names along both sides.

    `across` draws bars from left to right, `lines` are heights to hold series against, `diagonal` draws x = y, `ticks`
    name 0, 1, … on the upright axis.
    """

    title: str
    x: str
    y: str
    series: Sequence[Series] = ()
    cells: Sequence[Sequence[float | None]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[str] = ()
    lines: Sequence[float] = ()
    ticks: Sequence[str] = ()
    across: bool = False
    diagonal: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        made = _clean(dataclasses.asdict(self))
        assert isinstance(made, dict)
        return made


def of_plain(given: Mapping[str, Any]) -> Plot:
    """A plot from what JSON keeps of it."""
    series = [Series(**{**one, "form": Form(one["form"])}) for one in given["series"]]
    return Plot(**{**given, "series": series})


def drawn(plot: Plot, address: Address = lambda _: None) -> dict[str, Any]:
    """The figure for the pages; `address` says where a point leads by the id of what it stands for."""
    layout: dict[str, Any] = {
        "height": 320 if not plot.rows else max(320, 60 + 22 * len(plot.rows)),
        "xaxis": {"title": plot.x},
        "yaxis": {"title": plot.y},
        "showlegend": len(plot.series) > 1,
        "legend": {"orientation": "h", "y": -0.25},
        "shapes": [_level(height, across=plot.across) for height in plot.lines],
    }
    if plot.diagonal:
        layout["shapes"].append({"type": "line", "x0": 0, "y0": 0, "x1": 1, "y1": 1, "line": {"dash": "dot"}})
    if plot.cells:
        layout["yaxis"] |= {"autorange": "reversed"}
        heat = {"type": "heatmap", "z": plot.cells, "x": plot.columns, "y": plot.rows, "hoverongaps": False}
        return {"data": [heat | {"colorscale": "Viridis"}], "layout": layout}
    if plot.across:
        layout["yaxis"] |= {"autorange": "reversed"}
    if plot.ticks:
        layout["yaxis"] |= {"tickvals": list(range(len(plot.ticks))), "ticktext": list(plot.ticks)}
        layout["height"] = max(320, 80 + 22 * len(plot.ticks))
    return {"data": [_trace(one, plot, address) for one in plot.series], "layout": layout}


def _trace(series: Series, plot: Plot, address: Address) -> dict[str, Any]:
    trace: dict[str, Any] = {"name": series.name, "x": list(series.x), "y": list(series.y)}
    if series.form is Form.BARS:
        trace |= {"type": "bar", "orientation": "h" if plot.across else "v"}
    else:
        modes = {Form.LINE: "lines+markers", Form.TREE: "lines"}
        trace |= {"type": "scatter", "mode": modes.get(series.form, "markers")}
    values = series.x if plot.across else series.y
    if series.low and series.high:
        trace["error_x" if plot.across else "error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": [_apart(high, value) for high, value in zip(series.high, values, strict=True)],
            "arrayminus": [_apart(value, low) for low, value in zip(series.low, values, strict=True)],
        }
    if series.ids:
        trace["customdata"] = [address(one) for one in series.ids]
        trace["text"] = list(series.ids)
    return trace


def _apart(upper: Coordinate, lower: Coordinate) -> float:
    if not isinstance(upper, int | float) or not isinstance(lower, int | float):
        return 0.0
    return max(0.0, upper - lower)


def _level(height: float, *, across: bool) -> dict[str, Any]:
    if across:
        return {"type": "line", "yref": "paper", "x0": height, "x1": height, "y0": 0, "y1": 1, "line": {"dash": "dot"}}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": height, "y1": height, "line": {"dash": "dot"}}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    number = float(value)
    if not math.isfinite(number):
        return None
    return value if isinstance(value, bool | int) else number

"""A plot as strokes on a surface: what a report draws where no script runs."""

import dataclasses
import math
from collections.abc import Sequence

from domain.audits.plots import Coordinate, Form, Plot, Series

MOST_TICKS = 5
MOST_POINTS = 2_000
"""Points drawn of a series; the table has the rest."""
LETTER = 4.3
"""The usual width of a letter of 7 points."""
TOP, BOTTOM, SIDE, MOST_LEFT = 26.0, 34.0, 12.0, 190.0
TONES = 5


@dataclasses.dataclass(frozen=True)
class Line:
    """From one place to another; a tone from 0 is that of a series, -1 of the frame, -2 of a bound (dashed)."""

    x0: float
    y0: float
    x1: float
    y1: float
    tone: int = -1


@dataclasses.dataclass(frozen=True)
class Dot:
    """A point of a series."""

    x: float
    y: float
    tone: int


@dataclasses.dataclass(frozen=True)
class Box:
    """A bar of a series, or with a shade from 0 to 1 a cell of a matrix."""

    x: float
    y: float
    wide: float
    high: float
    tone: int = 0
    shade: float | None = None


@dataclasses.dataclass(frozen=True)
class Words:
    """A text that starts, has its middle or ends at a place."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    tone: int = -1


Stroke = Line | Dot | Box | Words


@dataclasses.dataclass(frozen=True)
class _Axis:
    """Where values lie between two ends; names take a place each."""

    start: float
    end: float
    least: float
    most: float
    names: tuple[str, ...] = ()

    def at(self, value: Coordinate) -> float | None:
        """The place of a value, None where there is none."""
        if isinstance(value, str):
            if value not in self.names:
                return None
            return self.start + (self.names.index(value) + 0.5) / len(self.names) * (self.end - self.start)
        if value is None or not math.isfinite(value):
            return None
        return self.start + (value - self.least) / (self.most - self.least) * (self.end - self.start)

    @property
    def step(self) -> float:
        """The room of one name."""
        return abs(self.end - self.start) / max(1, len(self.names))

    def ticks(self) -> list[tuple[float, str]]:
        """Places with their words: all names that have room, or a few round numbers."""
        if self.names:
            every = max(1, math.ceil(9.0 / self.step))
            return [(self.at(name) or 0.0, name) for name in self.names[::every]]
        return [(self.at(value) or 0.0, f"{value:g}") for value in _round(self.least, self.most)]


def height_of(plot: Plot) -> float:
    """How high a plot wants to be."""
    lines = max(len(plot.rows), len(plot.ticks), len(_named(plot, across=True)) if plot.across else 0)
    return max(190.0, min(620.0, TOP + BOTTOM + 13.0 * lines))


def strokes_of(plot: Plot, wide: float, high: float) -> list[Stroke]:
    """The plot on a surface, from the upper left corner."""
    upright = plot.rows or plot.ticks or _named(plot, across=True)
    longest = max((len(name) for name in upright), default=6)
    left = min(MOST_LEFT, max(40.0, 12.0 + LETTER * longest))
    right, low = wide - SIDE, high - BOTTOM
    if plot.cells:
        return _cells(plot, left, right, low)
    x, y = _axes(plot, left, right, low)
    made = _frame(plot, x, y, left)
    for place, series in enumerate(plot.series):
        made += _series(series, place, plot, x, y)
        if len(plot.series) > 1:
            made += _legend(plot, place, left)
    return made


def _axes(plot: Plot, left: float, right: float, low: float) -> tuple[_Axis, _Axis]:
    names_x, names_y = _named(plot, across=False), _named(plot, across=True)
    down = (TOP, low) if plot.across else (low, TOP)
    least_x, most_x = _ends(plot, across=False)
    least_y, most_y = (-0.5, len(plot.ticks) - 0.5) if plot.ticks else _ends(plot, across=True)
    return _Axis(left, right, least_x, most_x, names_x), _Axis(*down, least_y, most_y, names_y)


def _ends(plot: Plot, *, across: bool) -> tuple[float, float]:
    """The ends of an axis, with a little air; bars stand on 0."""
    found = [0.0, 1.0] if plot.diagonal else []
    bars = any(one.form is Form.BARS for one in plot.series)
    if bars and across != plot.across:
        found.append(0.0)
    for one in plot.series:
        values = [one.y if across else one.x]
        if across != plot.across:
            values += [one.low, one.high]
        found += [
            float(value) for part in values for value in part if isinstance(value, int | float) and math.isfinite(value)
        ]
    found += list(plot.lines) if across != plot.across else []
    least, most = min(found, default=0.0), max(found, default=1.0)
    air = 0.04 * (most - least) or 0.5
    return least - (air if least else 0.0), most + air


def _named(plot: Plot, *, across: bool) -> tuple[str, ...]:
    """The names along an axis, in their order; none where it has numbers."""
    values = [value for one in plot.series for value in (one.y if across else one.x)]
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str)))


def _frame(plot: Plot, x: _Axis, y: _Axis, left: float) -> list[Stroke]:
    low, right = max(y.start, y.end), x.end
    made: list[Stroke] = [Line(left, low, right, low), Line(left, TOP, left, low)]
    room = x.step / LETTER if x.names else 99
    for place, said in x.ticks():
        made += [Line(place, low, place, low + 3), Words(place, low + 11, _cut(said, int(room)), "middle")]
    named = [(y.at(float(n)) or 0.0, name) for n, name in enumerate(plot.ticks)] if plot.ticks else y.ticks()
    letters = int((left - 8) / LETTER)
    for place, said in named:
        made += [Line(left - 3, place, left, place), Words(left - 5, place + 2.5, _cut(said, letters), "end")]
    for value in plot.lines:
        bound = (x if plot.across else y).at(value)
        if bound is not None:
            made.append(Line(bound, TOP, bound, low, -2) if plot.across else Line(left, bound, right, bound, -2))
    if plot.diagonal:
        x0, y0, x1, y1 = (axis.at(value) or 0.0 for value in (0.0, 1.0) for axis in (x, y))
        made.append(Line(x0, y0, x1, y1, -2))
    return [*made, Words((left + right) / 2, low + 24, plot.x, "middle"), Words(2, 9, plot.y)]


def _series(series: Series, tone: int, plot: Plot, x: _Axis, y: _Axis) -> list[Stroke]:
    made: list[Stroke] = []
    places = [
        (x.at(one), y.at(two)) for one, two in zip(series.x[:MOST_POINTS], series.y[:MOST_POINTS], strict=False)
    ]  # fmt: skip
    joined = series.form in (Form.LINE, Form.TREE)
    before: tuple[float, float] | None = None
    for place, (along, up) in enumerate(places):
        if along is None or up is None:
            before = None
            continue
        if joined and before is not None:
            made.append(Line(*before, along, up, tone))
        if series.form is Form.BARS:
            made.append(_bar((along, up), tone, plot, x, y))
        elif series.form is not Form.TREE:
            made.append(Dot(along, up, tone))
        if place < len(series.low) and place < len(series.high):
            ends = [(x if plot.across else y).at(part[place]) for part in (series.low, series.high)]
            if ends[0] is not None and ends[1] is not None:
                made.append(
                    Line(ends[0], up, ends[1], up, tone) if plot.across else Line(along, ends[0], along, ends[1], tone)
                )
        before = along, up
    return made


def _bar(place: tuple[float, float], tone: int, plot: Plot, x: _Axis, y: _Axis) -> Box:
    """A bar from 0; those of several series stand side by side."""
    along, up = place
    bars = [number for number, one in enumerate(plot.series) if one.form is Form.BARS]
    axis = y if plot.across else x
    thick = 0.7 * (axis.step if axis.names else 8.0) / len(bars)
    aside = (bars.index(tone) - len(bars) / 2) * thick
    if plot.across:
        zero = x.at(0.0) or x.start
        return Box(min(zero, along), up + aside, abs(along - zero), thick, tone)
    zero = y.at(0.0) or y.start
    return Box(along + aside, min(zero, up), thick, abs(up - zero), tone)


def _legend(plot: Plot, place: int, left: float) -> list[Stroke]:
    before = sum(LETTER * len(_cut(one.name, 24)) + 18 for one in plot.series[:place])
    name = _cut(plot.series[place].name, 24)
    return [Dot(left + before, TOP - 7, place), Words(left + before + 5, TOP - 4.5, name)]


def _cells(plot: Plot, left: float, right: float, low: float) -> list[Stroke]:
    known = [value for row in plot.cells for value in row if value is not None]
    least, most = min(known, default=0.0), max(known, default=1.0)
    columns = max(1, max((len(row) for row in plot.cells), default=1))
    wide, high = (right - left) / columns, (low - TOP) / max(1, len(plot.cells))
    made: list[Stroke] = []
    for down, row in enumerate(plot.cells):
        for along, value in enumerate(row):
            if value is None:
                continue
            shade = (value - least) / (most - least) if most > least else 0.5
            made.append(Box(left + along * wide, TOP + down * high, wide, high, 0, shade))
            if wide >= 26 and high >= 9:
                middle = left + (along + 0.5) * wide, TOP + (down + 0.5) * high + 2.5
                made.append(Words(*middle, f"{value:.2f}", "middle", -3 if shade > 0.55 else -1))
    every = max(1, math.ceil(9.0 / high))
    for down in range(0, len(plot.rows), every):
        said = _cut(plot.rows[down], int((left - 8) / LETTER))
        made.append(Words(left - 5, TOP + (down + 0.5) * high + 2.5, said, "end"))
    for along, name in enumerate(plot.columns):
        made.append(Words(left + (along + 0.5) * wide, low + 11, _cut(name, int(wide / LETTER)), "middle"))
    return [*made, Words((left + right) / 2, low + 24, plot.x, "middle"), Words(2, 9, plot.y)]


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[: most - 1]}…" if most > 3 else ""


def _round(least: float, most: float) -> Sequence[float]:
    """A few round numbers between two."""
    rough = (most - least) / MOST_TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
    first = math.ceil(least / step)
    return [round(n * step, 12) for n in range(first, math.floor(most / step) + 1)]

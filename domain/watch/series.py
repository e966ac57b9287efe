"""When a curve leaves what is allowed: pooled windows, a baseline, and the step at which it has lasted."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Form(enum.StrEnum):
    """How a window's value v is held against the limit l, or against the baseline b of the first window."""

    ABOVE = "above"
    """v > l"""
    BELOW = "below"
    """v < l"""
    FALL = "fall"
    """v < l·b"""
    RISE = "rise"
    """v > l·b"""
    GROW = "grow"
    """v − b > l"""


RELATIVE = frozenset({Form.FALL, Form.RISE, Form.GROW})


class Point(NamedTuple):
    """A sum over n things of one step; a step without any has no point."""

    step: int
    total: float
    n: float


class Window(NamedTuple):
    """How many points are pooled, how many times in a row the condition must hold, and how many things it takes."""

    points: int = 10
    patience: int = 3
    least: float = 1.0


class Episode(NamedTuple):
    """From the step at which it had lasted to the last step at which it held; `ended` is None while it goes on."""

    step: int
    last: int
    ended: int | None
    value: float
    baseline: float | None
    since: int
    """The first step of the first window that left what is allowed: where the cause lies."""


class Smoothed(NamedTuple):
    """The value of the window that ends at a step, the things in it, and the step it begins with."""

    step: int
    value: float
    n: float
    start: int


def smoothed(points: Sequence[Point], width: int) -> list[Smoothed]:
    """Pooled values Σ total / Σ n of each whole window of `width` points, by the step it ends at.

    Points are in the order of steps and have n > 0. Fewer points than one window give nothing.
    """
    totals = [0.0, *itertools.accumulate(point.total for point in points)]
    counts = [0.0, *itertools.accumulate(point.n for point in points)]
    return [
        Smoothed(
            points[end].step,
            (totals[end + 1] - totals[end + 1 - width]) / (counts[end + 1] - counts[end + 1 - width]),
            counts[end + 1] - counts[end + 1 - width],
            points[end + 1 - width].step,
        )
        for end in range(width - 1, len(points))
    ]


def episodes(points: Sequence[Point], form: Form, limit: float, window: Window) -> list[Episode]:
    """Each time the curve left what is allowed and stayed there for `patience` windows in a row.

    A window with fewer than `least` things in it neither holds nor breaks a row: it is passed over. The baseline is
    the first window that has enough; where it is 0, nothing falls below or rises above a part of it. An episode that
    comes back before a whole window has passed is the same one.
    """
    found: list[Episode] = []
    enough = [one for one in smoothed(points, window.points) if one.n >= window.least]
    if not enough:
        return []
    baseline = enough[0].value if form in RELATIVE else None
    row: list[Smoothed] = []
    held: dict[int, list[Smoothed]] = {}
    for place, one in enumerate(enough):
        if not _holds(form, one.value, limit, baseline):
            row = []
            continue
        row.append(one)
        if len(row) >= window.patience:
            held.setdefault(place - len(row), []).append(one)
            if len(row) == window.patience:
                found.append(Episode(one.step, one.step, None, one.value, baseline, row[0].start))
    return list(_joined(found, list(held.values()), [one.step for one in enough], window.points))


def _holds(form: Form, value: float, limit: float, baseline: float | None) -> bool:
    first = baseline or 0.0
    return {
        Form.ABOVE: value > limit,
        Form.BELOW: value < limit,
        Form.FALL: value < limit * first,
        Form.RISE: first > 0 and value > limit * first,
        Form.GROW: value - first > limit,
    }[form]


def _joined(begun: list[Episode], held: list[list[Smoothed]], steps: list[int], width: int) -> Iterator[Episode]:
    """Episodes with their ends; those less than a window apart are one."""
    place = {step: index for index, step in enumerate(steps)}
    merged: list[Episode] = []
    for episode, lasted in zip(begun, held, strict=True):
        last = lasted[-1].step
        if merged and place[episode.step] - place[merged[-1].last] < width:
            merged[-1] = merged[-1]._replace(last=last)
        else:
            merged.append(episode._replace(last=last))
    for episode in merged:
        after = place[episode.last] + 1
        yield episode._replace(ended=steps[after] if after < len(steps) else None)

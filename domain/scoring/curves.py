"""What each step of a pipeline does, as a line: answers that go from the worst to the best on all criteria at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from domain import pipeline
from domain.pipeline import LENGTHS
from domain.rubric import Rubric, layout_of
from domain.scoring.table import Floats

POINTS = 41


@dataclasses.dataclass(frozen=True, slots=True)
class Curve:
    """One step (`place` in the document): `x` goes in and `y` comes out, NaN where there is no score.

    `over` says what goes in: `share` of the way from worst to best for what sums, `score` for what shapes or limits,
    `length` for what looks at lengths. Steps that prepare change no score by themselves, so they have no line.
    """

    place: int
    over: str
    x: Floats
    y: Floats
    unit: str = ""


def curves(rubric: Rubric) -> list[Curve]:
    """The lines of the steps that make or change the score, in the order in which they are taken."""
    if not rubric.criteria:
        return []
    way = np.linspace(0.0, 1.0, POINTS)
    passed = _passed(rubric, way, np.ones(POINTS))
    places = {id(step): place for place, step in enumerate(rubric.scoring)}
    found = []
    for taken in passed:
        place = places[id(taken.step)]
        if taken.step.phase is pipeline.Phase.REDUCE:
            found.append(Curve(place, "share", way, taken.after.raw))
        elif taken.step.units:
            found.append(_over_length(rubric, place, taken.step))
        elif taken.step.phase > pipeline.Phase.REDUCE:
            order = np.argsort(taken.before.raw, kind="stable")
            found.append(Curve(place, "score", taken.before.raw[order], taken.after.raw[order]))
    return found


def _over_length(rubric: Rubric, place: int, step: pipeline.Step) -> Curve:
    """The best answer at lengths from nothing to six times the usual."""
    times = np.linspace(0.0, 6.0, POINTS)
    passed = _passed(rubric, np.ones(POINTS), times)
    after = next(one.after for one in passed if one.step is step)
    unit = step.units[0]
    return Curve(place, "length", times * LENGTHS.get(unit, 200.0), after.raw, unit)


def _passed(rubric: Rubric, way: Floats, times: Floats) -> Sequence[pipeline.Passed]:
    """All answers as those of one prompt, for steps that compare."""
    pitfall = np.array([one.is_pitfall for one in rubric.criteria], dtype=bool)
    values = np.where(pitfall, 1.0 - way[:, None], way[:, None])
    units = {unit for step in rubric.scoring for unit in step.units}
    lengths = {unit: times * LENGTHS.get(unit, 200.0) for unit in units}
    columns = pipeline.made(layout_of(rubric), values, np.ones(values.shape, dtype=bool), lengths)
    return pipeline.taken(rubric.scoring, columns, [0] * len(way))

"""Projection on a reference axis over dimensions, with what lies off it (MR-RML)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import pydantic
from pydantic import Field

from domain.errors import Problem
from domain.pipeline import exact
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Bools, Floats
from domain.pipeline.step import About, Given, Name, Phase, Span, Step, Way, parts_of_one, shown


class Aim(pydantic.BaseModel):
    """How much a dimension counts on the axis."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    dimension: Name
    weight: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=1_000_000)]


class Projected(NamedTuple):
    """Along the unit axis, off it, the cosine to it, and the way along as a share of what a perfect answer reaches."""

    on_axis: Floats
    residual: Floats
    cosine: Floats
    share: Floats


class AxisStep(Step):
    """How far an answer lies along a reference axis, less what lies off it."""

    about: ClassVar[About] = About(
        title="Reference axis",
        help="Criteria are averaged by weight within each dimension (tag `dimension`), an absent pitfall counting as "
        "met. The score is how far these means lie along a reference axis, 1 for an answer with 1 everywhere. What "
        "lies off the axis tells a lopsided answer from a balanced one and can be taken off the score. Dimensions that "
        "are not named do not count; where none is named all count alike.",
        unscored="Left out of the mean of its dimension; a dimension without any value is left out of the axis.",
        range="From 0 to 1, less the penalty times what lies off the axis.",
        monotone="Up with every criterion, down with every pitfall, unless there is a penalty.",
        source="MR-RML (arXiv 2511.16139); the form is ours",
    )
    phase: ClassVar[Phase] = Phase.REDUCE
    reads: ClassVar[tuple[str, ...]] = ("dimension",)

    step: Literal["axis"] = "axis"
    reference: Annotated[tuple[Aim, ...], Field(max_length=50)] = Field(
        default=(), description="The dimensions of the axis and how much each counts."
    )
    penalty: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=10)] = Field(
        default=0.0, description="How much of what lies off the axis is taken off the score."
    )

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Dimensions that no criterion has, or that are named twice; a rubric without any."""
        known = {item.dimension for item in layout.items} - {None}
        if not known:
            yield Problem("", "No criterion has a tag `dimension`, so there is no axis.")
        for place, aim in enumerate(self.reference):
            if aim.dimension not in known:
                yield Problem(f"/reference/{place}/dimension", f"No criterion has the dimension {aim.dimension!r}.")
            elif aim.dimension in [other.dimension for other in self.reference[:place]]:
                yield Problem(f"/reference/{place}/dimension", f"The dimension {aim.dimension!r} is named twice.")

    def way(self, layout: Layout) -> Way:
        """Up, where nothing is taken for being lopsided."""
        return Way.NONE if self.penalty else Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """No vector of numbers up to 1 lies farther off than it is long."""
        count = len(self._aims([item.dimension for item in layout.items]))
        return Span(0.0 - self.penalty * math.sqrt(count), 1.0)

    def shares(self, layout: Layout) -> tuple[float, ...]:
        """The part of each dimension on the axis, times the part of the criterion in its dimension."""
        found = [0.0] * len(layout.items)
        for name, aim in self._aims([item.dimension for item in layout.items]).items():
            mine = [w if i.dimension == name else 0.0 for i, w in zip(layout.items, layout.weights, strict=True)]
            found = [part + aim * own for part, own in zip(found, parts_of_one(mine), strict=True)]
        return parts_of_one(found)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The share along the axis, less the penalty."""
        found = self._projected(columns)
        return dataclasses.replace(columns, raw=found.share - self.penalty * found.residual)

    def notes(self, columns: Columns, row: int) -> dict[str, Any] | None:
        """Where the answer lies to the axis."""
        found = self._projected(columns.some(np.array([row])))
        told = {"on_axis": found.on_axis, "residual": found.residual, "cosine": found.cosine}
        return {name: None if math.isnan(values[0]) else float(values[0]) for name, values in told.items()}

    def reading(self) -> str:
        """In a sentence."""
        axis = ", ".join(f"{aim.dimension} {aim.weight:g}" for aim in self.reference) or "all dimensions alike"
        less = f", less {self.penalty:g} times what lies off it" if self.penalty else ""
        return f"Means of the dimensions are projected on the axis {axis}{less}."

    def told(self, given: Given, out: Any, numbers: Mapping[str, int]) -> str:
        """The number."""
        if out is None:
            return "No criterion with a weight and a dimension has a value, so there is no score."
        return f"Along the reference axis the answer reaches {shown(out)}."

    def _aims(self, dimensions: Sequence[str | None]) -> dict[str, float]:
        if self.reference:
            return {aim.dimension: aim.weight for aim in self.reference}
        return dict.fromkeys(sorted({name for name in dimensions if name is not None}), 1.0)

    @property
    def adds_up(self) -> bool:
        """A weighted mean of weighted means, where nothing is taken off."""
        return not self.penalty

    def parts(self, columns: Columns) -> Floats:
        """What each criterion gives to the share: its part of its dimension, by the part of that on the axis."""
        found = np.zeros(columns.value.shape)
        dimensions = self._dimensions(columns)
        axis = np.zeros(columns.rows)
        for weight, mine in dimensions.values():
            total = exact.weight_of(mine, columns.weight)
            axis += np.where(total > 0, weight, 0.0)
            share = np.where(mine, _worth(columns) * columns.weight, 0.0) * weight
            found += share / np.where(total > 0, total, 1.0)[:, None]
        found /= np.where(axis > 0, axis, 1.0)[:, None]
        return found

    def _dimensions(self, columns: Columns) -> dict[str, tuple[float, Bools]]:
        """The weight of each dimension on the axis, and which cells are its own."""
        aims = self._aims([item.dimension for item in columns.items])
        return {
            name: (aim, columns.there & np.array([item.dimension == name for item in columns.items], dtype=bool))
            for name, aim in aims.items()
        }

    def _projected(self, columns: Columns) -> Projected:
        dimensions = self._dimensions(columns)
        means = np.full((columns.rows, len(dimensions)), np.nan)
        for place, (_, mine) in enumerate(dimensions.values()):
            means[:, place] = exact.means(_worth(columns), columns.weight, mine)
        return projected(means, np.array([weight for weight, _ in dimensions.values()], dtype=np.float64))


def _worth(columns: Columns) -> Floats:
    """Values, of pitfalls their absence."""
    worth: Floats = np.where(columns.pitfalls, 1.0 - columns.value, columns.value)
    return worth


def projected(vectors: Floats, reference: Floats) -> Projected:
    """Rows along and off the reference; what is NaN in a row is left out of the axis for that row."""
    known = ~np.isnan(vectors)
    clean = np.where(known, vectors, 0.0)
    axis = np.where(known, reference, 0.0)
    length = np.sqrt(exact.sums(axis * axis))
    unit = np.divide(axis, length[:, None], out=np.zeros_like(axis), where=length[:, None] > 0)
    on_axis = exact.sums(clean * unit)
    off = np.where(known, clean - on_axis[:, None] * unit, 0.0)
    residual = np.sqrt(exact.sums(off * off))
    size = np.sqrt(exact.sums(clean * clean))
    nothing = length <= 0
    return Projected(
        on_axis=np.where(nothing, np.nan, on_axis),
        residual=np.where(nothing, np.nan, residual),
        cosine=np.clip(exact.divided(on_axis, size), -1.0, 1.0),
        share=exact.divided(exact.sums(clean * axis), exact.sums(axis)),
    )

"""A second look at low scores: a cheap check may lift them a little, never lower them (The Climb)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.flags import mean_of
from domain.pipeline.step import About, Given, Name, Phase, Span, Step, Unit, Way, unknown


class RescueStep(Step):
    """Lift low scores by what auxiliary criteria say."""

    about: ClassVar[About] = About(
        title="Rescue of low scores",
        help="A score below the threshold is lifted by the mean of the named criteria times the lift, up to 1; others "
        "stay. Give those criteria a weight of 0, so that they count here alone. Cheap checks are easily gamed: look "
        "at what degenerate answers score before using it.",
        unscored="A criterion without a value lifts nothing.",
        range="As before, and up to the threshold plus the lift.",
        monotone="Neither: a lifted score can pass one just above the threshold.",
        source="The Climb (arXiv 2505.22653)",
    )
    phase: ClassVar[Phase] = Phase.SHAPE
    reads_values: ClassVar[bool] = True

    step: Literal["rescue"] = "rescue"
    criteria: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)] = Field(
        description="The criteria whose mean lifts a low score."
    )
    below: Unit = Field(default=0.5, description="Scores below this are lifted.")
    lift: Unit = Field(default=0.1, description="The most that is added.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Names that are not there."""
        yield from unknown(self.criteria, layout, "/criteria")

    def way(self, layout: Layout) -> Way:
        """Neither."""
        return Way.NONE

    def span(self, span: Span, layout: Layout) -> Span:
        """Up to the threshold and the lift."""
        return Span(span.low, max(span.high, min(1.0, min(self.below, span.high) + self.lift)))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """Low scores lifted."""
        lifted = np.minimum(1.0, columns.raw + self.lift * mean_of(columns, self.criteria, nothing=0.0))
        return dataclasses.replace(columns, raw=np.where(columns.raw < self.below, lifted, columns.raw))

    def reading(self) -> str:
        """In a sentence."""
        return f"Scores below {self.below:g} are lifted by up to {self.lift:g} where the auxiliary criteria hold."

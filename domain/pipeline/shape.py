"""Targeted shaping: more slope where it matters (Rubicon; the forms are ours)."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.errors import Problem
from domain.pipeline import exact
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.step import About, Given, Phase, Span, Step, Way

Inner = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, lt=1)]


class ShapeStep(Step):
    """Bend the score by a power or at a knee."""

    about: ClassVar[About] = About(
        title="Targeted shaping",
        help="Bends the score so that differences count more where they matter: by a power, or by two lines that meet "
        "at a knee. 0 and 1 stay where they are, and the order of answers too.",
        unscored="Sees only the score.",
        range="From 0 to 1 stays 0 to 1; below 0 and above 1 the outer lines go on, and a power keeps the sign. "
        "What a power would carry beyond the largest number stays there.",
        monotone="Keeps the order.",
        source="Rubicon (arXiv 2508.12790); the forms are ours",
    )
    phase: ClassVar[Phase] = Phase.SHAPE
    once: ClassVar[bool] = False

    step: Literal["shape"] = "shape"
    curve: Literal["power", "knee"] = Field(default="power", description="Score to a power, or two lines.")
    gamma: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.05, le=20)] = Field(
        default=2.0, description="The power: above 1 differences between good answers count more, below 1 less."
    )
    knee: Inner = Field(default=0.6, description="The score at which the two lines meet.")
    height: Inner = Field(
        default=0.3,
        description="What the score at the knee becomes; below the knee, the upper line is the steeper one.",
    )

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """A knee that bends the other way is allowed; nothing else can be wrong."""
        yield from ()

    def way(self, layout: Layout) -> Way:
        """Keeps the order."""
        return Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """Where the ends go."""
        return Span(self._bent(span.low), self._bent(span.high))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The bent score."""
        return dataclasses.replace(columns, raw=exact.each(self._bent, columns.raw))

    def reading(self) -> str:
        """In a sentence."""
        if self.curve == "power":
            return f"The score is raised to the power {self.gamma:g}."
        return f"The score is bent at {self.knee:g}, which becomes {self.height:g}."

    def _bent(self, score: float) -> float:
        if self.curve == "power":
            try:
                return math.copysign(math.pow(abs(score), self.gamma), score)
            except OverflowError:
                return math.copysign(sys.float_info.max, score)
        if score < self.knee:
            return score * self.height / self.knee
        return 1.0 - (1.0 - score) * (1.0 - self.height) / (1.0 - self.knee)

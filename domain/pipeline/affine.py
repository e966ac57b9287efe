"""A score on another scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.step import About, Given, Phase, Span, Step, Way


class AffineStep(Step):
    """Multiply the score and add to it."""

    about: ClassVar[About] = About(
        title="Scale and shift",
        help="The score is multiplied by the scale, and the shift is added: scale 2 and shift −1 make 0 to 1 into "
        "−1 to 1.",
        unscored="Sees only the score.",
        range="The ends as they are scaled and shifted.",
        monotone="Keeps the order; a negative scale turns it round.",
    )
    phase: ClassVar[Phase] = Phase.SHAPE
    once: ClassVar[bool] = False

    step: Literal["affine"] = "affine"
    scale: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1000, le=1000)] = Field(
        default=1.0, description="By what the score is multiplied; not 0."
    )
    shift: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1000, le=1000)] = Field(
        default=0.0, description="What is added after that."
    )

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """A scale that makes all answers equal."""
        if self.scale == 0:
            yield Problem("/scale", "A scale of 0 makes all answers equal.")

    def way(self, layout: Layout) -> Way:
        """Up, or down with a negative scale."""
        return Way.UP if self.scale > 0 else Way.DOWN

    def span(self, span: Span, layout: Layout) -> Span:
        """Both ends scaled and shifted."""
        ends = [end * self.scale + self.shift for end in span]
        return Span(min(ends), max(ends))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The scaled and shifted score."""
        return dataclasses.replace(columns, raw=columns.raw * self.scale + self.shift)

    @property
    def factor(self) -> float | None:
        """The scale."""
        return self.scale

    def reading(self) -> str:
        """In a sentence."""
        return f"The score is multiplied by {self.scale:g}, and {self.shift:g} is added."

"""A score kept between two limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.step import About, Given, Phase, Span, Step, Way

Limit = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e6, le=1e6)]


class ClampStep(Step):
    """Cut the score off at both ends."""

    about: ClassVar[About] = About(
        title="Limits",
        help="A score below the lower limit becomes the limit, and one above the upper limit too. Answers beyond a "
        "limit can then no longer be told apart, so a model cannot learn from them; what is shown to people is cut to "
        "0 to 1 in any case.",
        unscored="Sees only the score.",
        range="Between the limits.",
        monotone="Keeps the order, and makes answers beyond a limit equal.",
    )
    phase: ClassVar[Phase] = Phase.LIMIT
    once: ClassVar[bool] = False

    step: Literal["clamp"] = "clamp"
    low: Limit = Field(default=0.0, description="The lowest score.")
    high: Limit = Field(default=1.0, description="The highest score.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Limits the wrong way round."""
        if self.low >= self.high:
            yield Problem("/low", "The lower limit has to lie below the upper one.")

    def way(self, layout: Layout) -> Way:
        """Keeps the order."""
        return Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """Within the limits."""
        return Span(min(self.high, max(self.low, span.low)), min(self.high, max(self.low, span.high)))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score within the limits."""
        return dataclasses.replace(columns, raw=np.clip(columns.raw, self.low, self.high))

    def reading(self) -> str:
        """In a sentence."""
        return f"The score is kept between {self.low:g} and {self.high:g}."

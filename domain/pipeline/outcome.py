"""A dense score joined with whether everything holds (VeRPO)."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.pipeline.columns import Columns, Layout
from domain.pipeline.step import About, Given, Phase, Span, Step, Unit, Way


class OutcomeStep(Step):
    """Mix the score with 1 where all criteria hold and 0 where one does not."""

    about: ClassVar[About] = About(
        title="All or nothing, mixed in",
        help="The score becomes α·score + (1 − α)·all, where all is 1 if every scored criterion is met and no pitfall "
        "is true, and else 0.",
        unscored="Not held against the answer.",
        range="Between the score and 0 or 1.",
        monotone="Up with every criterion, down with every pitfall.",
        source="VeRPO (arXiv 2601.03525)",
    )
    phase: ClassVar[Phase] = Phase.SHAPE
    reads_values: ClassVar[bool] = True

    step: Literal["outcome"] = "outcome"
    alpha: Unit = Field(default=0.5, description="How much of the score stays; the rest goes to all or nothing.")
    threshold: Unit = Field(default=0.5, description="From which value a criterion counts as met.")

    def way(self, layout: Layout) -> Way:
        """Up."""
        return Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """Mixed with nought and one."""
        return Span(self.alpha * span.low, self.alpha * span.high + (1.0 - self.alpha))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The mixture."""
        good = np.where(columns.pitfalls, columns.judged < self.threshold, columns.judged >= self.threshold)
        whole = np.where((columns.decided & ~good).any(axis=1), 0.0, 1.0)
        return dataclasses.replace(columns, raw=self.alpha * columns.raw + (1.0 - self.alpha) * whole)

    def reading(self) -> str:
        """In a sentence."""
        return f"The score counts {self.alpha:g}; {1 - self.alpha:g} is earned only where every criterion is met."

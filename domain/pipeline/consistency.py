"""A score trusted more where the reasons given agree with the verdict, and less where they do not (R1-Reward)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.flags import mean_of
from domain.pipeline.step import About, Given, Name, Names, Phase, Span, Step, Unit, Way, unknown


class ConsistencyStep(Step):
    """Multiply the score by how consistent the answer is, and add what its format earns."""

    about: ClassVar[About] = About(
        title="Consistency multiplier",
        help="The score becomes score × (1 + gain·c) + weight·f. c is +1 where the named criteria are true, −1 where "
        "they are false and 0 in between; f is the mean of the format criteria. Give these criteria a weight of 0, so "
        "that they count here alone.",
        unscored="c and f are 0 where their criteria have no value.",
        range="From 1 − gain to 1 + gain times the score, plus the format's weight.",
        monotone="Up where scores cannot be negative; else neither.",
        source="R1-Reward (arXiv 2505.02835)",
    )
    phase: ClassVar[Phase] = Phase.SHAPE
    reads_values: ClassVar[bool] = True

    step: Literal["consistency"] = "consistency"
    criteria: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)] = Field(
        description="The criteria that say whether reasons and verdict agree."
    )
    gain: Unit = Field(default=0.5, description="How much full consistency adds, and contradiction takes.")
    format: Names = Field(default=(), description="Criteria whose mean earns the format's weight.")
    format_weight: Unit = Field(default=0.5, description="What a perfect format adds.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Names that are not there."""
        yield from unknown(self.criteria, layout, "/criteria")
        yield from unknown(self.format, layout, "/format")

    def way(self, layout: Layout) -> Way:
        """Up where nothing subtracts."""
        return Way.NONE if any(item.pitfall for item in layout.items) else Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """All products of the ends, and the format on top."""
        ends = [end * (1.0 + sign * self.gain) for end in span for sign in (-1.0, 1.0)]
        added = self.format_weight if self.format else 0.0
        return Span(min(ends), max(ends) + added)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The product and the format."""
        agreement = 2.0 * mean_of(columns, self.criteria, nothing=0.5) - 1.0
        form = mean_of(columns, self.format, nothing=0.0)
        raw = columns.raw * (1.0 + self.gain * agreement) + self.format_weight * form
        return dataclasses.replace(columns, raw=raw)

    def reading(self) -> str:
        """In a sentence."""
        form = f"; format adds up to {self.format_weight:g}" if self.format else ""
        return f"The score is multiplied by 1 ± {self.gain:g}, as the consistency criteria are true or false{form}."

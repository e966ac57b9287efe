"""General guidelines that every other criterion depends on: it counts as met only where none of them is violated."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Bools
from domain.pipeline.step import About, Given, Name, Phase, Step, Unit, Way, unknown


class GuidelinesStep(Step):
    """Let criteria count only where all general guidelines hold."""

    about: ClassVar[About] = About(
        title="All guidelines",
        help="Names criteria that are general guidelines. Where an answer violates one of them, no other criterion "
        "counts as met. The guidelines themselves add nothing. With equal weights the score is the share of criteria "
        "that are met.",
        unscored="A guideline without a value is not held against the answer, where the rubric's policy gives a reward "
        "at all.",
        range="As without it; criteria are worth 0 where a guideline is violated.",
        monotone="Up with every criterion, down with every pitfall.",
        source="AI co-scientists (arXiv 2512.23707); ours: over the whole answer",
    )
    phase: ClassVar[Phase] = Phase.PREPARE
    couples: ClassVar[bool] = True
    keeps_ratio: ClassVar[bool] = True

    step: Literal["guidelines"] = "guidelines"
    criteria: Annotated[tuple[Name, ...], Field(min_length=1, max_length=500)] = Field(
        description="The criteria that are general guidelines."
    )
    threshold: Unit = Field(default=0.5, description="From which value a guideline holds.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Names that are not there, and nothing left to score."""
        yield from unknown(self.criteria, layout, "/criteria")
        if layout.items and {item.id for item in layout.items} <= set(self.criteria):
            yield Problem("/criteria", "All criteria are guidelines, so nothing is left to score.")

    def way(self, layout: Layout) -> Way:
        """Up."""
        return Way.UP

    def reweighed(self, layout: Layout) -> Layout:
        """Guidelines weigh nothing."""
        own = tuple(
            0.0 if item.id in self.criteria else own for item, own in zip(layout.items, layout.own, strict=True)
        )
        return dataclasses.replace(layout, own=own)

    def decisive(self, layout: Layout) -> frozenset[str]:
        """The guidelines: one that is violated leaves nothing of the others."""
        return frozenset(self.criteria)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """Others at nought where a guideline is violated; guidelines left out."""
        places = columns.places(self.criteria)
        good = np.where(columns.pitfalls, 1.0 - columns.value, columns.value)[:, places]
        violated: Bools = np.any(columns.there[:, places] & (good < self.threshold), axis=1)
        there, value = columns.there.copy(), columns.value
        there[:, places] = False
        value = np.where(violated[:, None] & ~columns.pitfalls, 0.0, value)
        return dataclasses.replace(columns, value=np.where(there, value, 0.0), there=there)

    def reading(self) -> str:
        """In a sentence."""
        return f"Criteria count as met only where all {len(self.criteria)} guidelines hold."

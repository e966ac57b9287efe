"""Critical criteria that override all others where they speak at all (OpenRS)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.errors import Problem
from domain.pipeline import exact
from domain.pipeline.columns import Columns, Item, Layout
from domain.pipeline.exact import Floats
from domain.pipeline.step import About, Given, Phase, Span, Step, Way, parts_of_one


class CriticalStep(Step):
    """Let critical criteria decide alone where one of them is not 0, else average what is not 0."""

    about: ClassVar[About] = About(
        title="Critical override",
        help="Criteria at 0 count neither for nor against. If a critical criterion is not 0, the score is the sum of "
        "the critical ones alone; else it is the mean of the others by weight. Values count as they are, pitfalls "
        "negative, or centred: ½ is 0, and true and false are plus and minus the reach. Pairs are always read centred, "
        "and what comes of it is put between 0 and 1, with ½ for a tie.",
        unscored="Left out, like a criterion at 0.",
        range="From minus to plus the reach, or the number of critical criteria times the reach if that is more.",
        monotone="Neither: a criterion that leaves 0 can pull the mean down.",
        source="OpenRS (arXiv 2602.14069)",
    )
    phase: ClassVar[Phase] = Phase.REDUCE
    reads: ClassVar[tuple[str, ...]] = ("role", "tier", "gate")
    compares: ClassVar[bool] = True

    step: Literal["critical"] = "critical"
    which: Literal["gated", "hard_rule", "essential"] = Field(
        default="gated", description="Which criteria are critical: those with a gate, hard rules, or essential ones."
    )
    values: Literal["signed", "centred"] = Field(
        default="signed", description="Values as they are with pitfalls negative, or from minus to plus the reach."
    )
    reach: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=100)] = Field(
        default=2.0, description="What a true criterion is worth when values are centred."
    )

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """No critical criterion."""
        if layout.items and not any(map(self._is_critical, layout.items)):
            names = {"gated": "has a gate", "hard_rule": "is a hard rule", "essential": "is essential"}
            yield Problem("/which", f"No criterion {names[self.which]}, so none is critical.")

    def way(self, layout: Layout) -> Way:
        """Neither."""
        return Way.NONE

    def span(self, span: Span, layout: Layout) -> Span:
        """The mean of all, or the sum of the critical ones."""
        ends = [self._ends(item) for item in layout.items]
        critical = [self._ends(item) for item in layout.items if self._is_critical(item)]
        low = min([0.0, *(low for low, _ in ends), math.fsum(low for low, _ in critical)])
        return Span(low, max([0.0, *(high for _, high in ends), math.fsum(high for _, high in critical)]))

    def shares(self, layout: Layout) -> tuple[float, ...]:
        """Those of the others, where no critical criterion speaks."""
        pairs = zip(layout.items, layout.weights, strict=True)
        return parts_of_one([0.0 if self._is_critical(item) else weight for item, weight in pairs])

    def decisive(self, layout: Layout) -> frozenset[str]:
        """The critical ones."""
        return frozenset(item.id for item in layout.items if self._is_critical(item))

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The sum of the critical ones, or the mean of what is not nought."""
        scores = np.where(columns.there, self._scores(columns), 0.0)
        speaks = scores != 0
        critical = np.array([self._is_critical(item) for item in columns.items], dtype=bool)
        alone = (speaks & critical).any(axis=1)
        decided = exact.sums(np.where(critical, scores, 0.0))
        mean = exact.means(scores, columns.weight, speaks)
        weighs = (columns.there & ((columns.weight > 0) | critical)).any(axis=1)
        quiet = np.where(weighs, 0.0, np.nan)
        raw = np.where(alone, decided, np.where(np.isnan(mean), quiet, mean))
        return dataclasses.replace(columns, raw=raw)

    def reading(self) -> str:
        """In a sentence."""
        which = {"gated": "with a gate", "hard_rule": "that are hard rules", "essential": "that are essential"}
        return (
            f"Criteria {which[self.which]} decide alone where they are not 0; else the others are averaged by weight."
        )

    def _scores(self, columns: Columns) -> Floats:
        sign = np.where(columns.pitfalls, -1.0, 1.0)
        value = columns.value if self.values == "signed" else self.reach * (2.0 * columns.value - 1.0)
        scores: Floats = sign * value
        return scores

    def _ends(self, item: Item) -> tuple[float, float]:
        if self.values == "centred":
            return -self.reach, self.reach
        return (-1.0, 0.0) if item.pitfall else (0.0, 1.0)

    def _is_critical(self, item: Item) -> bool:
        if self.which == "gated":
            return item.gate is not None
        return item.role == "hard_rule" if self.which == "hard_rule" else item.tier == "essential"

"""The weighted sum: HealthBench's signed points over all positive points, and the plain weighted mean."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.pipeline import columns as cols
from domain.pipeline import exact
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Floats
from domain.pipeline.step import About, Given, Phase, Span, Step, Way


class WeightedStep(Step):
    """Add up values by weight."""

    about: ClassVar[About] = About(
        title="Weighted points",
        help="Each value times its weight, added up. A pitfall that is true subtracts its weight, or its absence "
        "adds it. The sum is divided by the weight that a perfect answer earns, or stays as it is.",
        unscored="Left out of the sum and of the divisor.",
        range="From minus the weight of pitfalls over that of the others to 1; from 0 to 1 without pitfalls.",
        monotone="Up with every criterion, down with every pitfall.",
        source="HealthBench (OpenAI, 2025)",
    )
    phase: ClassVar[Phase] = Phase.REDUCE
    keeps_ratio: ClassVar[bool] = True

    step: Literal["weighted"] = "weighted"
    negatives: Literal["subtract", "reward_absence"] = Field(
        default="subtract", description="What a pitfall does: a true one subtracts, or an absent one adds."
    )
    normalise: Literal["positive_weight", "none"] = Field(
        default="positive_weight", description="Divide by the weight a perfect answer earns, or leave the sum as it is."
    )

    def way(self, layout: Layout) -> Way:
        """Up."""
        return Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """What the best and the worst answer get."""
        weights, down = layout.weights, [item.pitfall for item in layout.items]
        good, bad = cols.total(weights, [not one for one in down]), cols.total(weights, down)
        high, low = (good, -bad) if self.negatives == "subtract" else (good + bad, 0.0)
        if self.normalise == "none":
            return Span(low, high)
        divisor = good if self.negatives == "subtract" and good > 0 else good + bad
        return Span(low / divisor, high / divisor) if divisor else Span(0.0, 0.0)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The sum over its divisor; no score where nothing weighs."""
        sums = exact.sums(np.where(columns.there, self._worth(columns), 0.0))
        divisor = self._divisor(columns)
        raw = np.where(columns.there.any(axis=1), exact.divided(sums, divisor), np.nan)
        return dataclasses.replace(columns, raw=raw)

    def parts(self, columns: Columns) -> Floats:
        """Each value times weight over the divisor."""
        divisor = self._divisor(columns)
        found: Floats = (
            np.where(columns.there, self._worth(columns), 0.0) / np.where(divisor > 0, divisor, 1.0)[:, None]
        )
        return found

    @property
    def adds_up(self) -> bool:
        """It is a sum."""
        return True

    def reading(self) -> str:
        """In a sentence."""
        negatives = "a true pitfall subtracts its weight"
        if self.negatives == "reward_absence":
            negatives = "an absent pitfall adds its weight"
        size = "the sum is divided by all positive weight" if self.normalise != "none" else "the sum stays as is"
        return f"Values are multiplied by weights and added up; {negatives}; {size}."

    def told(self, given: Given, out: Any, numbers: Mapping[str, int]) -> str:
        """As the sum that it is."""
        if out is None:
            return "No criterion with a weight has a value, so there is no score."
        parts = " ".join(self._told(term, numbers) for term in given["terms"])
        divided = ", divided by the weight a perfect answer earns" if self.normalise == "positive_weight" else ""
        if divided and self.negatives == "subtract" and not any(_earns(term) for term in given["terms"]):
            divided = ", divided by the weight that the pitfalls can take, as nothing adds"
        value = f"{out:.2f}".replace("-", "\N{MINUS SIGN}")
        return f"Value × weight of each criterion: {parts.removeprefix('+ ')}{divided} = {value}."

    def _told(self, term: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
        product = f"{term['value']:.2f} × {term['weight']:g} (criterion {numbers.get(term['id'], 0)})"
        if not term["pitfall"]:
            return f"+ {product}"
        return f"− {product}" if self.negatives == "subtract" else f"+ (1 − {term['value']:.2f}) × {term['weight']:g}"

    def _worth(self, columns: Columns) -> Floats:
        """What each cell adds, pitfalls included."""
        weight, value = columns.weight, columns.value
        lost = 0.0 - weight * value if self.negatives == "subtract" else weight * (1.0 - value)
        worth: Floats = np.where(columns.pitfalls, lost, weight * value)
        return worth

    def _divisor(self, columns: Columns) -> Floats:
        """The weight a perfect answer earns; where there are only pitfalls, the weight one can lose."""
        if self.normalise == "none":
            return np.ones(columns.rows)
        everything = exact.weight_of(columns.there, columns.weight)
        if self.negatives != "subtract":
            return everything
        positive = exact.weight_of(columns.there & ~columns.pitfalls, columns.weight)
        return np.where(positive > 0, positive, everything)


def _earns(term: Mapping[str, Any]) -> bool:
    return not term["pitfall"] and term["weight"] > 0

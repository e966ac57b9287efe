"""Weights by tier, in place of the criteria's own (Dr. SCI's four tiers; the numbers are ours)."""

from __future__ import annotations

import dataclasses
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.pipeline.columns import Columns, Item, Layout
from domain.pipeline.step import About, Given, Phase, Step, Way

Worth = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1e6)]


class TiersStep(Step):
    """Weigh every criterion by its tier."""

    about: ClassVar[About] = About(
        title="Weights by tier",
        help="Every criterion weighs what its tier weighs, whatever its own weight is; a criterion with a weight of 0 "
        "keeps it. Groups still multiply.",
        unscored="Stays unscored.",
        range="As without it.",
        monotone="Up with every criterion, down with every pitfall.",
        source="Dr. SCI (arXiv 2602.08321); the numbers are ours",
    )
    phase: ClassVar[Phase] = Phase.PREPARE
    reads: ClassVar[tuple[str, ...]] = ("tier",)
    compares: ClassVar[bool] = True

    step: Literal["tiers"] = "tiers"
    essential: Worth = Field(default=1.0, description="What an essential criterion weighs.")
    important: Worth = Field(default=0.7, description="What an important criterion weighs.")
    optional: Worth = Field(default=0.3, description="What an optional criterion weighs.")
    pitfall: Worth = Field(default=0.9, description="What a pitfall weighs, whatever its tier.")
    untiered: Worth = Field(default=0.3, description="What a criterion without a tier weighs.")

    def way(self, layout: Layout) -> Way:
        """Up."""
        return Way.UP

    def reweighed(self, layout: Layout) -> Layout:
        """The weights of the tiers."""
        own = tuple(self._weight(item) if own else 0.0 for item, own in zip(layout.items, layout.own, strict=True))
        return dataclasses.replace(layout, own=own)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The weights of the tiers in every row."""
        weights = np.array([self._weight(item) for item in columns.items], dtype=np.float64)
        own = np.where(columns.own > 0, weights, 0.0)
        return dataclasses.replace(columns, own=own)

    def reading(self) -> str:
        """In a sentence."""
        return (
            f"Weights come from tiers: essential {self.essential:g}, important {self.important:g}, "
            f"optional {self.optional:g}, pitfalls {self.pitfall:g}, others {self.untiered:g}."
        )

    def _weight(self, item: Item) -> float:
        if item.pitfall:
            return self.pitfall
        by_tier = {"essential": self.essential, "important": self.important, "optional": self.optional}
        return by_tier.get(item.tier or "", self.untiered)

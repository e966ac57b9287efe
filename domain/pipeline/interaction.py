"""Pairs of criteria that are worth more, or less, together (Rubicon; the form is ours)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
import pydantic
from pydantic import Field

from domain.errors import Problem
from domain.pipeline import exact
from domain.pipeline.columns import Columns, Item, Layout
from domain.pipeline.step import About, Given, Name, Phase, Span, Step, Way, unknown


class Pair(pydantic.BaseModel):
    """Two criteria and what they add together."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    first: Name = Field(description="A criterion.")
    second: Name = Field(description="Another criterion.")
    gain: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1, le=1)] = Field(
        description="What both together add; negative where they are worth less together."
    )


class InteractionStep(Step):
    """Add a gain for criteria that are true together."""

    about: ClassVar[About] = About(
        title="Pairwise interaction",
        help="Adds gain × value × value for each pair of criteria, so that two things together are worth more, or "
        "less, than each alone. The score is then cut to 0 to 1.",
        unscored="A pair with an unscored criterion adds nothing.",
        range="From 0 to 1.",
        monotone="Up where gains are positive and no pitfall is in a pair; else neither.",
        source="Rubicon (arXiv 2508.12790); the form is ours",
    )
    phase: ClassVar[Phase] = Phase.SHAPE
    reads_values: ClassVar[bool] = True

    step: Literal["interaction"] = "interaction"
    pairs: Annotated[tuple[Pair, ...], Field(min_length=1, max_length=100)] = Field(
        description="Pairs of criteria with what they add together."
    )

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Names that are not there, and pairs of one."""
        for place, pair in enumerate(self.pairs):
            for key in ("first", "second"):
                for problem in unknown((getattr(pair, key),), layout, ""):
                    yield Problem(f"/pairs/{place}/{key}", problem.message)
            if pair.first == pair.second:
                yield Problem(f"/pairs/{place}", "A pair needs two different criteria.")

    def way(self, layout: Layout) -> Way:
        """Up where every gain goes the way of both of its criteria."""
        items = {item.id: item for item in layout.items}
        good = all(_agrees(pair.gain, items.get(pair.first), items.get(pair.second)) for pair in self.pairs)
        return Way.UP if good else Way.NONE

    def span(self, span: Span, layout: Layout) -> Span:
        """Cut to the unit."""
        return Span(0.0, 1.0)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score with what pairs add."""
        places = {item.id: place for place, item in enumerate(columns.items)}
        added = [columns.raw]
        for pair in self.pairs:
            if pair.first in places and pair.second in places:
                one, other = sorted((places[pair.first], places[pair.second]))
                both = columns.decided[:, one] & columns.decided[:, other]
                added.append(np.where(both, pair.gain * (columns.judged[:, one] * columns.judged[:, other]), 0.0))
        whole = exact.sums(np.where(np.isnan(columns.raw)[:, None], 0.0, np.column_stack(added)))
        raw = np.where(np.isnan(columns.raw), np.nan, np.clip(whole, 0.0, 1.0))
        return dataclasses.replace(columns, raw=raw)

    def reading(self) -> str:
        """In a sentence."""
        return f"{len(self.pairs)} pair{'s' if len(self.pairs) > 1 else ''} of criteria add a gain when true together."


def _agrees(gain: float, *items: Item | None) -> bool:
    return all(item is not None and (gain == 0 or (gain > 0) != item.pitfall) for item in items)

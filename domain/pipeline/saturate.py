"""Saturation: the last steps towards a criterion are worth less than the first (Rubicon; the forms are ours)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.errors import Problem
from domain.pipeline import exact
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.step import About, Given, Names, Phase, Step, Unit, Way, chosen_places, unknown


class SaturateStep(Step):
    """Bend values, so that more of the same earns ever less."""

    about: ClassVar[About] = About(
        title="Saturation",
        help="Bends the values of criteria before they are added up: rising fast at first and hardly at the end, or "
        "cut off at a cap. So no single criterion can carry an answer.",
        unscored="Stays unscored.",
        range="Values stay from 0 to 1.",
        monotone="Up with every criterion, down with every pitfall.",
        source="Rubicon (arXiv 2508.12790); the curves are ours",
    )
    phase: ClassVar[Phase] = Phase.PREPARE
    once: ClassVar[bool] = False
    keeps_ratio: ClassVar[bool] = True

    step: Literal["saturate"] = "saturate"
    curve: Literal["exponential", "cap"] = Field(
        default="exponential", description="Bend by (1 − exp(−c·v)) / (1 − exp(−c)), or cut off at the cap."
    )
    strength: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.01, le=50)] = Field(
        default=3.0, description="c of the exponential curve: the larger, the sooner it is full."
    )
    cap: Unit = Field(default=0.8, description="The most that a value counts, for the curve “cap”.")
    criteria: Names = Field(default=(), description="The criteria that are bent; none named means all.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Names of criteria that are not there."""
        yield from unknown(self.criteria, layout, "/criteria")

    def way(self, layout: Layout) -> Way:
        """Up."""
        return Way.UP

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The bent values."""
        places = chosen_places(columns, self.criteria)
        value = columns.value.copy()
        before = value[:, places]
        value[:, places] = np.minimum(before, self.cap) if self.curve == "cap" else exact.each(self._bent, before)
        return dataclasses.replace(columns, value=value)

    def reading(self) -> str:
        """In a sentence."""
        which = f"{len(self.criteria)} criteria" if self.criteria else "all criteria"
        how = (
            f"cut off at {self.cap:g}"
            if self.curve == "cap"
            else f"bent, so that more earns less (c = {self.strength:g})"
        )
        return f"Values of {which} are {how}."

    def _bent(self, value: float) -> float:
        return math.expm1(-self.strength * value) / math.expm1(-self.strength)

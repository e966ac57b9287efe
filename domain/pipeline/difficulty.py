"""Weights by difficulty within the group of answers: what few answers meet weighs more (VeRPO)."""

from __future__ import annotations

import collections
import dataclasses
import math
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Bools
from domain.pipeline.step import About, Given, Phase, Step, Unit, Way


class DifficultyStep(Step):
    """Weigh criteria by how few answers of the group meet them."""

    about: ClassVar[About] = About(
        title="Difficulty in the group",
        help="The weight of each criterion is multiplied by 1 less the share of the group's answers that meet it, and "
        "all are scaled so that their sum stays. Pitfalls and criteria with a gate keep their weight. Scores then "
        "depend on the group and cannot be compared across prompts. Where all weights would be 0, or the answer is "
        "alone, weights stay as they are, and the trace says so.",
        unscored="Left out of the shares; stays unscored.",
        range="As without it.",
        monotone="Up for given weights; the weights move with the answers of the group.",
        source="VeRPO (arXiv 2601.03525), weight 1 − pass rate; the density calibration is ours",
    )
    phase: ClassVar[Phase] = Phase.PREPARE
    needs_group: ClassVar[bool] = True
    reads: ClassVar[tuple[str, ...]] = ("gate",)

    step: Literal["difficulty"] = "difficulty"
    threshold: Unit = Field(default=0.5, description="From which value a criterion counts as met.")
    floor: Unit = Field(default=0.0, description="The least factor, so that no criterion vanishes.")
    density: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Divide each factor by how many criteria are as difficult, so that many easy ones "
        "do not outweigh a hard one."
    )  # fmt: skip
    bins: Annotated[int, Field(strict=True, ge=1, le=100)] = Field(
        default=10, description="Into how many equal parts pass rates are sorted for the density."
    )

    def way(self, layout: Layout) -> Way:
        """A better answer makes a criterion easier, so nothing is promised."""
        return Way.NONE

    def fit(self, columns: Columns) -> dict[str, Any]:
        """Pass rates and factors by criterion; `uniform` where they could not be used."""
        eligible = _eligible(columns)
        counted = columns.there.sum(axis=0).tolist()
        met = (columns.there & (columns.value >= self.threshold)).sum(axis=0).tolist()
        rates = {
            item.id: met[place] / counted[place]
            for place, item in enumerate(columns.items)
            if eligible[place] and counted[place]
        }
        weight = dict(zip((item.id for item in columns.items), columns.weight[0].tolist(), strict=True))
        factors = _kept(self._factors(rates), weight)
        uniform = columns.rows < 2 or not factors
        return {"answers": columns.rows, "pass_rates": rates, "factors": {} if uniform else factors, "uniform": uniform}

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """Own weights times factors."""
        factors = (fitted or {}).get("factors", {})
        by = np.array([float(factors.get(item.id, 1.0)) for item in columns.items], dtype=np.float64)
        return dataclasses.replace(columns, own=columns.own * by)

    def reading(self) -> str:
        """In a sentence."""
        density = ", divided by the number of criteria that are as difficult" if self.density else ""
        return f"Weights are multiplied by the share of the group's answers that miss a criterion{density}."

    def _factors(self, rates: Given) -> dict[str, float]:
        bins = {name: min(self.bins - 1, math.floor(rate * self.bins)) for name, rate in rates.items()}
        crowd = collections.Counter(bins.values())
        return {
            name: max(self.floor, 1.0 - rate) / (crowd[bins[name]] if self.density else 1)
            for name, rate in rates.items()
        }


def _kept(factors: Given, weight: Given) -> dict[str, float]:
    """Factors that leave the sum of these weights as it is, so that pitfalls keep their share; none where all are 0."""
    before = math.fsum(weight[name] for name in sorted(factors))
    after = math.fsum(weight[name] * factor for name, factor in sorted(factors.items()))
    return {name: factor * (before / after) for name, factor in factors.items()} if after > 0 else {}


def _eligible(columns: Columns) -> Bools:
    """Neither a pitfall nor a veto."""
    return np.array([not item.pitfall and item.gate is None for item in columns.items], dtype=bool)

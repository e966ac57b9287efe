"""Channels of a reward: rules as far as they can be trusted, the judge for the rest, and format (HARMO)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Bools, Floats
from domain.pipeline.step import About, Given, Names, Phase, Span, Step, Unit, Way, parts_of_one, shown, unknown
from domain.pipeline.weighted import WeightedStep

_SUM = WeightedStep()


class BlendedStep(Step):
    """Blend what rules say with what the judge says, by the confidence of the rules."""

    about: ClassVar[About] = About(
        title="Rules and judge blended",
        help="The score is c·rules + (1 − c)·judge + w·format. Each channel is the weighted points of its criteria. "
        "c is the confidence where at least one rule has a value, and 0 where all of them abstain, so that the judge "
        "alone decides. Measure the confidence as the share of the rules' verdicts that people agree with.",
        unscored="Left out of its channel; a channel with nothing in it leaves the score to the other.",
        range="Between the lowest and the highest channel, plus the format's weight.",
        monotone="Up with every criterion, down with every pitfall.",
        source="HARMO (arXiv 2510.05283); the form is ours",
    )
    phase: ClassVar[Phase] = Phase.REDUCE
    reads: ClassVar[tuple[str, ...]] = ("kind",)

    step: Literal["blended"] = "blended"
    confidence: Unit = Field(default=1.0, description="How far rules are trusted where they have a value.")
    rules: Names = Field(
        default=(), description="The criteria of the rule channel; none named means all computed ones."
    )
    format: Names = Field(default=(), description="Criteria of a channel of its own, such as format.")
    format_weight: Unit = Field(default=0.0, description="What the format channel adds at most.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """Names that are not there or in two channels, and no rule."""
        yield from unknown(self.rules, layout, "/rules")
        yield from unknown(self.format, layout, "/format")
        if set(self.rules) & set(self.format):
            yield Problem("/format", "A criterion is either a rule or format, not both.")
        if layout.items and not self.rules and not any(item.kind == "check" for item in layout.items):
            yield Problem("/rules", "There is no computed criterion: name the criteria that are rules.")

    def way(self, layout: Layout) -> Way:
        """Up."""
        return Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """From the lowest to the highest channel, and format on top."""
        spans = [_SUM.span(span, part) for part in self._parts_of(layout)]
        rule, model, form = spans
        return Span(
            min(rule.low, model.low) + self.format_weight * form.low,
            max(rule.high, model.high) + self.format_weight * form.high,
        )

    def shares(self, layout: Layout) -> tuple[float, ...]:
        """Within each channel by weight, times how far the channel counts where all criteria have a value."""
        rule, model, form = (_earned(part) for part in self._parts_of(layout))
        trust = (self.confidence if any(model) else 1.0) if any(rule) else 0.0
        joined = zip(rule, model, form, strict=True)
        return parts_of_one([trust * r + (1.0 - trust) * m + self.format_weight * f for r, m, f in joined])

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The blend of the channels."""
        rule, model, form = self._channels(columns)
        trust = self._trust(rule, model)
        raw = trust * np.nan_to_num(rule) + (1.0 - trust) * np.nan_to_num(model)
        raw = raw + self.format_weight * np.nan_to_num(form)
        nothing = np.isnan(rule) & np.isnan(model)
        return dataclasses.replace(columns, raw=np.where(nothing, np.nan, raw))

    def parts(self, columns: Columns) -> Floats:
        """The parts of the channels by their share."""
        rule, model, _ = self._channels(columns)
        trust = self._trust(rule, model)[:, None]
        chosen = [_SUM.parts(dataclasses.replace(columns, there=columns.there & mask)) for mask in self._masks(columns)]
        found: Floats = trust * chosen[0] + (1.0 - trust) * chosen[1] + self.format_weight * chosen[2]
        return found

    @property
    def adds_up(self) -> bool:
        """It is a sum of sums."""
        return True

    def notes(self, columns: Columns, row: int) -> dict[str, Any]:
        """The channels of one answer, apart."""
        part = columns.some([row])
        rule, model, form = self._channels(part)
        given = {"rules": rule[0], "judge": model[0], "format": form[0], "confidence": self._trust(rule, model)[0]}
        return {name: None if np.isnan(value) else float(value) for name, value in given.items()}

    def reading(self) -> str:
        """In a sentence."""
        return f"Rules count {self.confidence:g} where they have a value, the judge's criteria the rest."

    def told(self, given: Given, out: Any, numbers: Any) -> str:
        """The blend."""
        return f"Rules and judge blended by a confidence of {self.confidence:g} give {shown(out)}."

    def _trust(self, rule: Floats, model: Floats) -> Floats:
        trust: Floats = np.where(np.isnan(rule), 0.0, np.where(np.isnan(model), 1.0, self.confidence))
        return trust

    def _channels(self, columns: Columns) -> list[Floats]:
        return [
            _SUM.apply(dataclasses.replace(columns, there=columns.there & mask), None).raw
            for mask in self._masks(columns)
        ]

    def _masks(self, columns: Columns) -> tuple[Bools, Bools, Bools]:
        names = [(item.id, item.kind) for item in columns.items]
        rule = np.array([self._is_rule(*one) for one in names], dtype=bool)
        form = np.array([name in self.format for name, _ in names], dtype=bool)
        return rule, ~rule & ~form, form

    def _is_rule(self, name: str, kind: str) -> bool:
        return name not in self.format and (name in self.rules if self.rules else kind == "check")

    def _parts_of(self, layout: Layout) -> list[Layout]:
        rule = [self._is_rule(item.id, item.kind) for item in layout.items]
        form = [item.id in self.format for item in layout.items]
        model = [not one and not other for one, other in zip(rule, form, strict=True)]
        return [
            dataclasses.replace(layout, own=tuple(w if c else 0.0 for w, c in zip(layout.own, chosen, strict=True)))
            for chosen in (rule, model, form)
        ]


def _earned(layout: Layout) -> list[float]:
    """Weights over what a perfect answer earns in a channel; with pitfalls their sum is above 1."""
    good = [0.0 if item.pitfall else weight for item, weight in zip(layout.items, layout.weights, strict=True)]
    whole = math.fsum(good) or math.fsum(layout.weights)
    return [weight / whole if whole else 0.0 for weight in layout.weights]

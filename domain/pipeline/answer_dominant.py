"""The final answer first: no partial credit makes up for a wrong one (Dr. SCI; the form is ours)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Bools
from domain.pipeline.step import About, Given, Phase, Span, Step, Unit, Way, parts_of_one
from domain.pipeline.weighted import WeightedStep

_SUM = WeightedStep()


class AnswerDominantStep(Step):
    """The answer decides; the other criteria tell apart answers that are right, or wrong, alike."""

    about: ClassVar[About] = About(
        title="Answer dominates",
        help="The score is j·(1 − b) + b·S: j is 1 where every criterion of kind “answer” is met and else 0, S the "
        "weighted points of the others, cut to 0 to 1. With b below ½ any right answer outranks any wrong one.",
        unscored="Other criteria are left out of S. Without a value for the answer there is no score.",
        range="From 0 to 1.",
        monotone="Up with every criterion, down with every pitfall.",
        source="Dr. SCI (arXiv 2602.08321); the form is ours",
    )
    phase: ClassVar[Phase] = Phase.REDUCE
    reads: ClassVar[tuple[str, ...]] = ("kind",)

    step: Literal["answer_dominant"] = "answer_dominant"
    share: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, lt=0.5)] = Field(
        default=0.3, description="b: how much of the score the other criteria share; below one half."
    )
    threshold: Unit = Field(default=0.5, description="From which value an answer counts as right.")

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """No answer to dominate."""
        if layout.items and not any(item.kind == "answer" for item in layout.items):
            yield Problem("", "The step `answer_dominant` needs a criterion of kind `answer`, and there is none.")

    def way(self, layout: Layout) -> Way:
        """Up; a pitfall of kind answer is right where it is absent."""
        return Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """From nothing to all."""
        return Span(0.0, 1.0)

    def shares(self, layout: Layout) -> tuple[float, ...]:
        """The answers alike, and what is left for the others by weight."""
        answers = [item.kind == "answer" for item in layout.items]
        others = parts_of_one([0.0 if one else w for one, w in zip(answers, layout.weights, strict=True)])
        left = self.share if any(others) else 0.0
        each = (1.0 - left) / max(1, sum(answers))
        return tuple(each if one else left * part for one, part in zip(answers, others, strict=True))

    def decisive(self, layout: Layout) -> frozenset[str]:
        """The answers."""
        return frozenset(item.id for item in layout.items if item.kind == "answer")

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The indicator and the share of the others."""
        answers = _answers(columns)
        right = np.where(columns.pitfalls, 1.0 - columns.value, columns.value) >= self.threshold
        judged = columns.there & answers
        indicator = np.where((judged & ~right).any(axis=1), 0.0, 1.0)
        rest = _SUM.apply(dataclasses.replace(columns, there=columns.there & ~answers), None).raw
        others = np.where(np.isnan(rest), indicator, np.clip(rest, 0.0, 1.0))
        raw = indicator * (1.0 - self.share) + self.share * others
        return dataclasses.replace(columns, raw=np.where(judged.any(axis=1), raw, np.nan))

    def reading(self) -> str:
        """In a sentence."""
        return f"A right answer earns {1 - self.share:g}; the other criteria share {self.share:g} by weight."


def _answers(columns: Columns) -> Bools:
    return np.array([item.kind == "answer" for item in columns.items], dtype=bool)

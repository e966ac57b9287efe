"""Two answers compared: which of them the criteria prefer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from domain.pipeline import exact
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Bools, Floats
from domain.pipeline.step import About, Given, Phase, Span, Step, Way

TIE = 0.5
_ROUNDING = 1e-12


class PairStep(Step):
    """The preference of the criteria by weight; documents cannot name it, pairs are summed by it."""

    about: ClassVar[About] = About(
        title="Preference",
        help="One half and half of the mean preference by weight, from all of the second answer to all of the first; "
        "a pitfall counts for the other answer. Hard rules first: where they prefer an answer they alone decide, else "
        "the other criteria do.",
        unscored="Left out of the sum and of the divisor; a tie stays in.",
        range="From 0, all for the second answer, to 1.",
        monotone="Up with every criterion, down with every pitfall; neither where hard rules come first.",
        source="OpenRS (arXiv 2602.14069); the form is ours",
    )
    phase: ClassVar[Phase] = Phase.REDUCE
    reads: ClassVar[tuple[str, ...]] = ("role",)

    step: Literal["pair"] = "pair"
    hard_rules_first: bool = Field(default=False, description="Whether hard rules decide alone where they can.")

    def way(self, layout: Layout) -> Way:
        """Up, unless a hard rule can take the say from the others."""
        return Way.NONE if self.hard_rules_first else Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """Between the two answers."""
        return Span(0.0, 1.0)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """½ and half the weighted mean of preferences; no score where nothing weighs."""
        counting = self._counting(columns)
        leaning = exact.sums(np.where(counting, self._leaning(columns), 0.0))
        half = exact.divided(leaning, 2.0 * exact.weight_of(counting, columns.weight))
        return dataclasses.replace(columns, raw=np.clip(TIE + half, 0.0, 1.0))

    def parts(self, columns: Columns) -> Floats:
        """The preference of each criterion that counts, by weight, over twice the weight."""
        counting = self._counting(columns)
        weight = exact.weight_of(counting, columns.weight)
        found: Floats = (
            np.where(counting, self._leaning(columns), 0.0) / np.where(weight > 0, 2.0 * weight, 1.0)[:, None]
        )
        return found

    @property
    def adds_up(self) -> bool:
        """It is a sum."""
        return True

    @property
    def empty(self) -> float:
        """A pair about which nothing is said is a tie."""
        return TIE

    def reading(self) -> str:
        """In a sentence."""
        rule = "The score is one half and half of the mean preference by weight."
        return f"{rule} Hard rules come first." if self.hard_rules_first else rule

    def told(self, given: Given, out: Any, numbers: Mapping[str, int]) -> str:
        """How many criteria prefer which answer, and whether hard rules decided."""
        if out is None:
            return "No criterion with a weight has a value, so there is no score."
        terms = given["terms"]
        hard = [term for term in terms if _is_hard(term) and given["hard_rules_first"]]
        first = ""
        if hard:
            decide = abs(sum(map(_prefers, hard))) > _ROUNDING
            which = "prefer one answer, so they alone decide" if decide else "tie, so the other criteria decide"
            places = ", ".join(str(numbers.get(term["id"], 0)) for term in hard)
            first = f"The hard rules (criteria {places}) {which}. "
        sides = {"A": sum(_prefers(term) > 0 for term in terms), "B": sum(_prefers(term) < 0 for term in terms)}
        ties = len(terms) - sum(sides.values())
        counted = f"Criteria that prefer Answer A: {sides['A']}, Answer B: {sides['B']}, neither: {ties}"
        rule = "one half and half of the mean preference by weight, where a pitfall counts for the other answer"
        return f"{first}{counted}. The score is {rule}: {out:.2f}."

    def _leaning(self, columns: Columns) -> Floats:
        """The weight of each criterion in favour of the first answer, negative in favour of the second."""
        leaning: Floats = columns.weight * (2.0 * columns.value - 1.0)
        return np.where(columns.pitfalls, 0.0 - leaning, leaning)

    def _counting(self, columns: Columns) -> Bools:
        """All that weigh; or the hard rules where they prefer an answer, else the others, else the hard rules."""
        weighing = columns.there & (columns.weight > 0)
        if not self.hard_rules_first:
            return weighing
        hard = np.array([item.role == "hard_rule" for item in columns.items], dtype=bool)
        said = exact.sums(np.where(weighing & hard, self._leaning(columns), 0.0))
        alone = (np.abs(said) > _ROUNDING) | ~(weighing & ~hard).any(axis=1)
        counting: Bools = weighing & np.where(alone[:, None], hard, ~hard)
        return counting


def _is_hard(term: Mapping[str, Any]) -> bool:
    """Traces that were stored before said `hard` in place of the role."""
    return bool(term.get("hard")) or term.get("role") == "hard_rule"


def _prefers(term: Mapping[str, Any]) -> float:
    """How far a criterion speaks for the first answer, by weight."""
    leaning: float = term["weight"] * (2 * term["value"] - 1)
    return -leaning if term["pitfall"] else leaning

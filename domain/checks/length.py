"""Check: how long an answer is, in other units than words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, Literal

import pydantic

from domain.checks import tokens
from domain.checks.bounds import Between
from domain.checks.instructions import text as cut
from domain.checks.result import CheckResult, Given, abstain, of
from domain.checks.rule import About, Case

_PARAGRAPH_END = re.compile(r"\n[ \t\r]*\n\s*")

COUNTERS: dict[str, Callable[[str], int]] = {
    "sentences": lambda text: len(cut.sentences(text)),
    "characters": len,
    "letters": lambda text: sum(map(str.isalpha, text)),
    "lines": lambda text: sum(1 for line in text.split("\n") if line.strip()),
    "paragraphs": lambda text: sum(1 for part in _PARAGRAPH_END.split(text) if part.strip()),
}


class Length(Between):
    """At least `min` and at most `max` of a unit."""

    ABOUT: ClassVar[About] = About(
        "length", "Length in another unit", "Length",
        "Sentences, characters, letters, lines that are not empty, paragraphs with an empty line between them, or "
        "tokens. Every model counts tokens in its own way, so they are estimated here, for English answers only: where "
        "a bound lies within the error of the estimate (a fifth less, a quarter more), the check cannot tell.",
        (
            Case({"kind": "length", "unit": "sentences", "max": 2}, "Rest. Drink water.", "pass"),
            Case({"kind": "length", "unit": "characters", "max": 5}, "Much too long.", "fail"),
            Case({"kind": "length", "unit": "tokens", "max": 4}, "Take one each day.", "abstain"),
        ),
        limits="Answers of up to 500,000 characters; longer ones get no answer. Tokens are an estimate.",
        max_answer=500_000,
        abstains="In tokens, where a bound lies within the error of the estimate, or the answer is not English.",
    )  # fmt: skip

    kind: Literal["length"]
    unit: Literal["sentences", "characters", "letters", "lines", "paragraphs", "tokens"] = pydantic.Field(
        title="Unit", description="What is counted; tokens are an estimate with an error."
    )

    def run(self, given: Given) -> CheckResult:
        """Count the unit, or estimate tokens."""
        if self.unit == "tokens":
            return self._by_estimate(tokens.estimate(given.response))
        count = COUNTERS[self.unit](given.response)
        return of(self.holds(count), f"{count} {self.unit}.")

    def _by_estimate(self, found: tokens.Tokens | None) -> CheckResult:
        """Decide where every count within the error says the same."""
        if found is None:
            return abstain("Tokens are estimated for English answers only, and this one looks like another language.")
        said = f"About {found.about} tokens by an estimate; a model may count {found.least:.0f} to {found.most:.0f}."
        if (self.max is not None and found.least > self.max) or (self.min is not None and found.most < self.min):
            return of(False, said)
        if self.holds(found.least) and self.holds(found.most):
            return of(True, said)
        return abstain(f"{said} A bound lies between these.")

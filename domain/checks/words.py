"""Check: the number of words lies within bounds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import pydantic

from domain import words as counting
from domain.checks.result import CheckResult, Given, of
from domain.checks.rule import About, Case, Rule

Bound = Annotated[int, pydantic.Field(strict=True, ge=0, le=10_000_000)]


class Words(Rule):
    """At least `min` and at most `max` words; one of them is needed."""

    ABOUT: ClassVar[About] = About(
        "words", "Number of words", "Length",
        "Pieces between spaces that hold a letter or a digit; in scripts without spaces every character counts.",
        (
            Case({"kind": "words", "min": 3}, "Take it twice daily.", "pass"),
            Case({"kind": "words", "max": 3}, "Take it twice daily.", "fail"),
        ),
    )  # fmt: skip

    kind: Literal["words"]
    min: Bound | None = pydantic.Field(None, title="At least", description="Left empty: no lower bound.")
    max: Bound | None = pydantic.Field(None, title="At most", description="Left empty: no upper bound.")

    @pydantic.model_validator(mode="after")
    def _has_bounds(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("A word count needs `min` or `max`.")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` must not be above `max`.")
        return self

    def run(self, given: Given) -> CheckResult:
        """Count words, punctuation alone not counting."""
        count = counting.count_words(given.response)
        low = self.min is None or count >= self.min
        high = self.max is None or count <= self.max
        return of(low and high, f"{count} words.")

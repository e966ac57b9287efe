"""Check: the number of words lies within bounds."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import pydantic

from domain import words as counting
from domain.checks.result import CheckResult, Given, of

Bound = Annotated[int, pydantic.Field(strict=True, ge=0, le=10_000_000)]


class Words(pydantic.BaseModel):
    """At least `min` and at most `max` words; one of them is needed."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    kind: Literal["words"]
    min: Bound | None = None
    max: Bound | None = None

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

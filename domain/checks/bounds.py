"""Checks that count or measure something and ask for bounds."""

from __future__ import annotations

from typing import Annotated, Self

import pydantic

from domain.checks.rule import Rule

Bound = Annotated[int, pydantic.Field(strict=True, ge=0, le=10_000_000)]


class Between(Rule):
    """At least `min` and at most `max`; one of them is needed."""

    min: Bound | None = pydantic.Field(None, title="At least", description="Left empty: no lower bound.")
    max: Bound | None = pydantic.Field(None, title="At most", description="Left empty: no upper bound.")

    @pydantic.model_validator(mode="after")
    def _has_bounds(self) -> Self:
        in_order(self.min, self.max)
        return self

    def holds(self, count: float) -> bool:
        """Whether a count lies within the bounds."""
        return within(count, self.min, self.max)


def in_order(low: float | None, high: float | None) -> None:
    """Refuse bounds of which there are none, or which leave nothing between them."""
    if low is None and high is None:
        raise ValueError("It needs `min` or `max`.")
    if low is not None and high is not None and low > high:
        raise ValueError("`min` must not be above `max`.")


def within(count: float, low: float | None, high: float | None) -> bool:
    """Whether a count lies within bounds, those left out not counting."""
    return (low is None or count >= low) and (high is None or count <= high)

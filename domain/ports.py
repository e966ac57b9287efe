"""The shapes the domain shares with what stands outside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Protocol


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A piece of a prompt; untrusted text comes from a data set and is encoded without special tokens."""

    text: str
    trusted: bool = True


class Statistic(Protocol):
    """A number computed from a table of ratings: one row an item, one column a rater, None where missing."""

    def __call__(self, ratings: Sequence[Sequence[float | None]], /) -> float | None:
        """Compute it; None where it is not defined."""
        ...

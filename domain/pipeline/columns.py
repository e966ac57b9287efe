"""The verdicts of n answers on m criteria in columns, and what steps know of the criteria."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from domain.pipeline.exact import Bools, Floats


class Closing(Protocol):
    """A gate of a criterion, as the document has it."""

    @property
    def when(self) -> str:
        """On which side it closes: below or above."""

    @property
    def value(self) -> float:
        """The value at which it closes."""

    @property
    def floor(self) -> float:
        """The score that a closed gate leaves."""

    @property
    def override(self) -> bool:
        """Whether it sets the score outright."""


class Item(NamedTuple):
    """What steps know of a criterion."""

    id: str
    pitfall: bool = False
    kind: str = "binary"
    tier: str | None = None
    role: str | None = None
    aspect: str | None = None
    group: str | None = None
    gate: Closing | None = None
    dimension: str | None = None


class Branch(NamedTuple):
    """A group of criteria in the tree."""

    id: str
    parent: str | None
    weight: float


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """The criteria of a rubric with their own weights and the product of the weights of the groups above them."""

    items: tuple[Item, ...]
    groups: tuple[Branch, ...]
    own: tuple[float, ...]
    above: tuple[float, ...]

    @property
    def weights(self) -> tuple[float, ...]:
        """What groups and criteria together give to each criterion."""
        return tuple(own * above for own, above in zip(self.own, self.above, strict=True))

    def place(self, name: str) -> int | None:
        """Where a criterion stands."""
        return next((place for place, item in enumerate(self.items) if item.id == name), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Columns:
    """Answers in rows, criteria in columns: values in [0, 1], 0 where there is none, and weights of every cell.

    `judged` and `decided` are the verdicts as they were given, `value` and `there` what steps made of them. `raw` is
    NaN where an answer has no score, and all NaN before the step that sums. `lengths` are the sizes of the answers in
    words, characters or tokens, where they are known.
    """

    items: tuple[Item, ...]
    groups: tuple[Branch, ...]
    value: Floats
    there: Bools
    own: Floats
    above: Floats
    raw: Floats
    judged: Floats
    decided: Bools
    lengths: Mapping[str, Floats] = dataclasses.field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many answers there are."""
        return len(self.value)

    @property
    def weight(self) -> Floats:
        """Own weight times the weights of all groups above."""
        if self.own.strides[0] == 0:
            product = self.own[:1] * self.above
            return np.broadcast_to(product[0] if len(product) else self.above, self.own.shape)
        weight: Floats = self.own * self.above
        return weight

    @property
    def pitfalls(self) -> Bools:
        """Which criteria subtract."""
        return np.array([item.pitfall for item in self.items], dtype=bool)

    def places(self, names: Sequence[str]) -> list[int]:
        """Where criteria stand, in the order in which they are named; those that are not there are left out."""
        found = {item.id: place for place, item in enumerate(self.items)}
        return [found[name] for name in names if name in found]

    def some(self, rows: Any) -> Columns:
        """The same columns with some of the answers."""
        return dataclasses.replace(
            self, value=self.value[rows], there=self.there[rows], own=self.own[rows], raw=self.raw[rows],
            judged=self.judged[rows], decided=self.decided[rows],
            lengths={unit: sizes[rows] for unit, sizes in self.lengths.items()},
        )  # fmt: skip


def made(layout: Layout, value: Floats, there: Bools, lengths: Mapping[str, Floats] | None = None) -> Columns:
    """Columns at the beginning, before any step."""
    own = np.broadcast_to(np.array(layout.own, dtype=np.float64), value.shape)
    clean = np.where(there, value, 0.0)
    return Columns(
        items=layout.items, groups=layout.groups, value=clean, there=there, own=own,
        above=np.array(layout.above, dtype=np.float64), raw=np.full(len(value), np.nan), judged=clean, decided=there,
        lengths=lengths or {},
    )  # fmt: skip


def best(item: Item) -> float:
    """The value of a criterion that speaks most for an answer."""
    return 0.0 if item.pitfall else 1.0


def total(weights: Sequence[float], chosen: Sequence[bool]) -> float:
    """The sum of the weights that are chosen."""
    return math.fsum(weight for weight, one in zip(weights, chosen, strict=True) if one)

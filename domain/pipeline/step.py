"""What every step of a scoring pipeline is and says of itself."""

from __future__ import annotations

import abc
import dataclasses
import enum
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import pydantic
from pydantic import Field, StringConstraints

from domain.errors import Problem
from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Floats

Given = Mapping[str, Any]
Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Names = Annotated[tuple[Name, ...], Field(max_length=500)]
Unit = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]


class Phase(enum.IntEnum):
    """What a step does, in the order in which it is done; shaping and limiting steps stand in any order."""

    PREPARE = 0
    REDUCE = 1
    SHAPE = 2
    LIMIT = 3


class Way(enum.StrEnum):
    """Where a score goes when verdicts get better: up (never down), down (never up), or either."""

    UP = "up"
    DOWN = "down"
    NONE = "none"

    def then(self, other: Way) -> Way:
        """The way of two steps one after the other."""
        if Way.NONE in (self, other):
            return Way.NONE
        return Way.UP if self is other else Way.DOWN


class Span(NamedTuple):
    """The numbers a score can be, with every criterion scored."""

    low: float
    high: float


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """A step in words: what it does, what it does with unscored criteria, where scores then lie, where they go."""

    title: str
    help: str
    unscored: str
    range: str
    monotone: str
    source: str = ""


class Step(pydantic.BaseModel):
    """One step: parameters as the document holds them, and what it does to columns.

    `apply` may depend on a row and on `fitted` alone, so that one answer is scored as it is among a million; `fitted`
    is what `fit` finds of the whole group, for steps that need one.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    about: ClassVar[About]
    phase: ClassVar[Phase]
    needs_group: ClassVar[bool] = False
    needs_length: ClassVar[bool] = False
    once: ClassVar[bool] = True
    reads: ClassVar[tuple[str, ...]] = ()
    reads_values: ClassVar[bool] = False
    by_own_weight: ClassVar[bool] = False
    compares: ClassVar[bool] = False  # it holds where two answers are compared, too
    couples: ClassVar[bool] = False  # what one criterion is worth depends on the verdict on another
    keeps_ratio: ClassVar[bool] = False  # over one weight the score stays a ratio of two lines, cut off by gates alone

    step: str

    @property
    def units(self) -> tuple[str, ...]:
        """In which units it has to know how long answers are."""
        return ()

    def problems(self, layout: Layout) -> Iterator[Problem]:
        """What makes no sense for these criteria; pointers begin below the step."""
        yield from ()

    @abc.abstractmethod
    def way(self, layout: Layout) -> Way:
        """Where the score goes when verdicts get better."""

    def span(self, span: Span, layout: Layout) -> Span:
        """Where the number lies after the step, given where it lies before."""
        return span

    def reweighed(self, layout: Layout) -> Layout:
        """The layout with the weights that the step leaves, where it changes them whatever the verdicts."""
        return layout

    def shares(self, layout: Layout) -> tuple[float, ...]:
        """For steps that sum: the part of the number that each criterion decides, where all have a value."""
        return parts_of_one(layout.weights)

    def decisive(self, layout: Layout) -> frozenset[str]:
        """Criteria that the step lets decide by themselves, whatever they weigh."""
        return frozenset()

    def fit(self, columns: Columns) -> dict[str, Any] | None:
        """What the step has to know of the whole group, as plain values."""
        return None

    @abc.abstractmethod
    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The columns after the step."""

    @abc.abstractmethod
    def reading(self) -> str:
        """What the step does with its parameters, in a sentence."""

    def told(self, given: Given, out: Any, numbers: Mapping[str, int]) -> str:
        """What the step did to one answer, in a sentence; `numbers` are the places of criteria."""
        if self.phase is Phase.PREPARE:
            return f"{self.about.title}: {_prepared(out, numbers)}."
        if out is None:
            return f"{self.about.title}: there is no score."
        return f"{self.about.title}: {shown(given.get('raw'))} becomes {shown(out)}."

    def notes(self, columns: Columns, row: int) -> dict[str, Any] | None:
        """Figures worth keeping beside the number of one answer."""
        return None

    def parts(self, columns: Columns) -> Floats:
        """What each criterion gives to the sum; nothing where the step does not add up."""
        return np.zeros_like(columns.value)

    @property
    def adds_up(self) -> bool:
        """Whether what it makes is a sum of what each criterion gives."""
        return False

    @property
    def empty(self) -> float:
        """What a sum of nothing is."""
        return 0.0

    @property
    def factor(self) -> float | None:
        """By what it multiplies differences of scores everywhere; None where that depends."""
        return None


def _prepared(out: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    """What a step that prepares changed, criterion by criterion."""
    said = [
        f"{what} of criterion {numbers.get(name, 0)} becomes {shown(value)}"
        for key, what in (("values", "the value"), ("weights", "the weight"))
        for name, value in (out.get(key) or {}).items()
    ]
    if gone := out.get("left_out"):
        said.append(f"left out: criteria {named(tuple(gone), numbers)}")
    return "; ".join(said) or "nothing changes"


def parts_of_one(weights: Sequence[float]) -> tuple[float, ...]:
    """Weights as parts of their sum; all 0 where nothing weighs."""
    total = math.fsum(weights)
    return tuple(weight / total if total else 0.0 for weight in weights)


def shown(value: Any) -> str:
    """A number for a sentence, with a real minus sign."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "no score"
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def named(names: tuple[str, ...], numbers: Mapping[str, int]) -> str:
    """Criteria by their numbers, for a sentence."""
    return ", ".join(str(numbers.get(name, 0)) for name in names)


def chosen_places(columns: Columns, names: tuple[str, ...]) -> list[int]:
    """Where the named criteria stand; all of them where none is named."""
    return columns.places(names) if names else list(range(len(columns.items)))


def unknown(names: tuple[str, ...], layout: Layout, pointer: str) -> Iterator[Problem]:
    """Names of criteria that a step uses and the rubric does not have."""
    known = {item.id for item in layout.items}
    for place, name in enumerate(names):
        if name not in known:
            yield Problem(f"{pointer}/{place}", f"There is no criterion {name!r}.")

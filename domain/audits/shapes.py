"""What an audit looks at and what it answers, in columns: one place an answer, a pair, a trajectory or a reply."""

from __future__ import annotations

import dataclasses
import enum
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.audits.grouping import Groups
from domain.audits.plots import Plot

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Cell = str | int | float | bool | None
MOST_ROWS = 200
"""How many rows the table of a finding has at most; the worst come first."""


class Need(enum.StrEnum):
    """What an audit cannot do without."""

    SCORES = "scores"
    SECOND = "second"
    CORRECT = "correct"
    GOLD = "gold"
    LENGTHS = "lengths"
    CRITERIA = "criteria"
    WEIGHTS = "weights"
    PAIRS = "pairs"
    ORDERS = "orders"
    JUDGED = "judged"
    STRENGTHS = "strengths"
    STEPS = "steps"
    REPLIES = "replies"
    KNOWN = "known"


NEEDS: Mapping[Need, str] = {
    Need.SCORES: "scores of one scorer",
    Need.SECOND: "scores of at least two scorers on the same answers",
    Need.CORRECT: "which answers are right",
    Need.GOLD: "gold scores to hold the scores against",
    Need.LENGTHS: "the lengths of the answers",
    Need.CRITERIA: "the verdicts by criterion",
    Need.WEIGHTS: "the weights of the criteria",
    Need.PAIRS: "pairs of which the better answer is known",
    Need.ORDERS: "pairs judged in both orders",
    Need.JUDGED: "pairs with verdicts of at least two judges or rubrics",
    Need.STRENGTHS: "how strongly people prefer the better answer of each pair",
    Need.STEPS: "trajectories with a score for each step",
    Need.REPLIES: "the judge's replies with their reasons",
    Need.KNOWN: "what the judge said and what is known to be so",
}


@dataclasses.dataclass(frozen=True, eq=False)
class Answers:
    """The answers, one place each. `correct` is 1, 0 or NaN where it is not known; `gold` NaN where there is none.

    `tags` hold one text an answer, empty where there is none: `source` (which model wrote it), `style`, `language`,
    `policy` (a degenerate one), `edit` (by which probe), `of` (the id of the answer that an edit was made from),
    `parallel` (one name for the same item in other languages), `instruction`, and whatever else is known.
    """

    prompts: Sequence[str]
    ids: Sequence[str]
    correct: Floats | None = None
    gold: Floats | None = None
    lengths: Floats | None = None
    tags: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @functools.cached_property
    def groups(self) -> Groups:
        """The answers by prompt."""
        return Groups.of(self.prompts)

    def tagged(self, name: str) -> npt.NDArray[np.str_]:
        """The values of a tag, all empty where nobody has it."""
        return np.array(self.tags[name] if name in self.tags else [""] * len(self), dtype=np.str_)

    def some(self, rows: npt.NDArray[Any]) -> Answers:
        """The answers at some places, or where a mask holds."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        listed: list[int] = places.tolist()
        return Answers(
            prompts=[self.prompts[n] for n in listed],
            ids=[self.ids[n] for n in listed],
            correct=None if self.correct is None else self.correct[places],
            gold=None if self.gold is None else self.gold[places],
            lengths=None if self.lengths is None else self.lengths[places],
            tags={name: [values[n] for n in listed] for name, values in self.tags.items()},
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Scores:
    """What one scorer (a version under a judge, or an outside scorer) gave each answer; NaN where it gave nothing.

    `degrees` are verdicts by criterion, answers × criteria, NaN where there is none; `weights` are signed, a pitfall's
    below 0. `ceiling` and `floor` are the ends of the scale, where it has any.
    """

    name: str
    values: Floats
    criteria: Sequence[str] = ()
    degrees: Floats | None = None
    weights: Floats | None = None
    floor: float | None = None
    ceiling: float | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class Judged:
    """What one judge said of each pair: how far it preferred the better answer, in [0, 1], ½ a tie, NaN unread.

    `first` is with the better answer in front, `second` with it behind; `once` says that a pair is asked in one order
    only: the other one is NaN and no failure.
    """

    name: str
    first: Floats
    second: Floats
    once: bool = False


@dataclasses.dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of answers of which the better is known, with what judges said. `strength` is from 0, NaN unknown."""

    ids: Sequence[str]
    prompts: Sequence[str]
    better: Sequence[str]
    worse: Sequence[str]
    judged: Sequence[Judged] = ()
    margins: Mapping[str, Floats] = dataclasses.field(default_factory=dict)
    strength: Floats | None = None
    tags: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)


@dataclasses.dataclass(frozen=True, eq=False)
class Trajectory:
    """The step scores of one trajectory in [0, 1], NaN unscored; whether it succeeded, None where not known."""

    prompt: str
    id: str
    scores: Floats
    outcome: float | None = None


@dataclasses.dataclass(frozen=True)
class Reply:
    """One reply of a judge: the verdict read from it (None: it could not be read), and what it wrote as reasons."""

    id: str
    verdict: str | None
    text: str
    prompt: str = ""
    response: str = ""


@dataclasses.dataclass(frozen=True, eq=False)
class Known:
    """Probabilities that a judge said and what is so, both in [0, 1], with the prompt and answer of each."""

    said: Floats
    truth: Floats
    prompts: Sequence[str]
    ids: Sequence[str]
    criteria: Sequence[str] = ()


@dataclasses.dataclass(frozen=True, eq=False)
class Inputs:
    """Everything an audit may look at; what is not there is empty."""

    answers: Answers | None = None
    scores: Sequence[Scores] = ()
    pairs: Pairs | None = None
    trajectories: Sequence[Trajectory] = ()
    replies: Sequence[Reply] = ()
    known: Known | None = None


class Band(enum.StrEnum):
    """The verdict of an audit at one look."""

    GOOD = "good"
    WATCH = "watch"
    POOR = "poor"
    UNCLEAR = "unclear"


class Unit(enum.StrEnum):
    """How a number is written."""

    SHARE = "share"
    NUMBER = "number"
    COUNT = "count"


@dataclasses.dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval; None where it is not defined. Numbers that are not finite become None."""

    name: str
    title: str
    value: float | None
    low: float | None = None
    high: float | None = None
    unit: Unit = Unit.NUMBER
    n: int | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, finite(getattr(self, name)))

    def said(self) -> str:
        """The value in words, "–" where there is none."""
        return written(self.value, self.unit)


class Holds(enum.StrEnum):
    """What the cells of a column are; ids lead to what they name."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    PROMPT = "prompt"
    RESPONSE = "response"
    PAIR = "pair"


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of the table."""

    title: str
    holds: Holds = Holds.TEXT


@dataclasses.dataclass(frozen=True)
class Finding:
    """The answer of an audit. The first figure is the headline; `beside` is a second plot where one is not
    enough. Rows beyond `MOST_ROWS` are cut and counted in `left_out`."""

    figures: tuple[Figure, ...]
    band: Band
    reading: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    plot: Plot | None = None
    beside: Plot | None = None
    notes: tuple[str, ...] = ()
    left_out: int = 0

    def __post_init__(self) -> None:
        rows = tuple(tuple(finite(cell) if isinstance(cell, float) else cell for cell in row) for row in self.rows)
        object.__setattr__(self, "rows", rows[:MOST_ROWS])
        object.__setattr__(self, "left_out", self.left_out + max(0, len(rows) - MOST_ROWS))

    def figure(self, name: str) -> Figure:
        """A figure by its name."""
        return next(one for one in self.figures if one.name == name)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it; no number in it is infinite or NaN."""
        return {
            "figures": [dataclasses.asdict(one) for one in self.figures],
            "band": self.band.value,
            "reading": self.reading,
            "columns": [dataclasses.asdict(one) for one in self.columns],
            "rows": [list(row) for row in self.rows],
            "plot": None if self.plot is None else self.plot.plain(),
            "beside": None if self.beside is None else self.beside.plain(),
            "notes": list(self.notes),
            "left_out": self.left_out,
        }


def finite(value: float | None) -> float | None:
    """A plain number, or None for what is missing, infinite or NaN."""
    return None if value is None or not math.isfinite(value) else float(value)


def written(value: float | None, unit: Unit = Unit.NUMBER) -> str:
    """A number as readings write it."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit is Unit.SHARE:
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if unit is Unit.COUNT else f"{value:.3g}"


def graded(figure: Figure, *, good: float, poor: float) -> Band:
    """The band of a figure by two bounds, whichever way is better (ours).

    At or beyond `good` it is good, at or beyond `poor` poor, between them to be watched. Unclear is a figure that is
    not defined, or whose interval reaches from one to the other.
    """
    if figure.value is None:
        return Band.UNCLEAR
    sign = 1.0 if good >= poor else -1.0
    ends = sorted(sign * end for end in (figure.low, figure.high) if end is not None)
    if len(ends) == 2 and ends[0] <= sign * poor and ends[1] >= sign * good and good != poor:
        return Band.UNCLEAR
    if sign * figure.value >= sign * good:
        return Band.GOOD
    return Band.POOR if sign * figure.value <= sign * poor else Band.WATCH

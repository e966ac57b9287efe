"""What a benchmark is, and what it says of a scorer."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from domain.audits.shapes import Figure, Floats, Inputs, finite

Bools = npt.NDArray[np.bool_]
Scheme = Callable[[Floats, Floats, Sequence[str]], Floats]
"""From the means of domains (resamples × domains, NaN where a domain is empty), their sizes and names to one number a
resample."""
MOST_ITEMS = 200
ALL = "all"


class Truth(enum.StrEnum):
    """What a scorer is held against: preferences, people's ratings by criterion, the majority of votes on a pair with
    ties among them, or rules that decide it."""

    PREFERENCES = "preferences"
    CRITERIA = "criteria"
    MAJORITY = "majority"
    RULES = "rules"


@dataclasses.dataclass(frozen=True, eq=False)
class Marked:
    """The items of a benchmark with what a scorer earned on each: credit in [0, 1], what a coin would, whether it was
    a tie, and whether it went without a score. `ids` name what a person can look at; `prompts` are drawn together."""

    ids: Sequence[str]
    prompts: Sequence[str]
    domains: Sequence[str]
    credit: Floats
    chance: Floats
    tied: Bools
    unscored: Bools

    def some(self, mask: Bools) -> Marked:
        """The items where a mask holds."""
        places = np.flatnonzero(mask).tolist()
        return Marked(
            [self.ids[n] for n in places], [self.prompts[n] for n in places], [self.domains[n] for n in places],
            self.credit[mask], self.chance[mask], self.tied[mask], self.unscored[mask],
        )  # fmt: skip


class Domain(NamedTuple):
    """One row of the table by domain."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    items: int
    chance: float | None


class Item(NamedTuple):
    """One item on which the scorer lost, for a person to look at."""

    id: str
    domain: str
    credit: float
    tied: bool
    unscored: bool


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a scorer reached: the published aggregate, what a coin reaches, the other figures, and the table.

    `items`, `ties` and `unscored` are counts; `lost` are the items with the least credit, at most `MOST_ITEMS`.
    """

    score: Figure
    chance: float | None
    figures: tuple[Figure, ...]
    domains: tuple[Domain, ...]
    items: int
    ties: int
    unscored: int
    lost: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()

    def figure(self, name: str) -> Figure:
        """A figure by its name."""
        return next(one for one in (self.score, *self.figures) if one.name == name)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it; no number in it is infinite or NaN."""
        return {
            "score": dataclasses.asdict(self.score),
            "chance": finite(self.chance),
            "figures": [dataclasses.asdict(one) for one in self.figures],
            "domains": [
                {name: finite(value) if isinstance(value, float) else value for name, value in one._asdict().items()}
                for one in self.domains
            ],
            "items": self.items,
            "ties": self.ties,
            "unscored": self.unscored,
            "lost": [one._asdict() for one in self.lost],
            "notes": list(self.notes),
        }


@dataclasses.dataclass(frozen=True)
class Benchmark:
    """A published benchmark: how it is scored, and what it says of ties, of missing scores and of chance.

    `formats` are the formats of data that bring it. `gold` says that scores of another judge are held against; `truth`
    what is held against besides preferences.
    """

    name: str
    title: str
    version: int
    metric: str
    policy: str
    baseline: str
    source: str
    licence: str
    run: Callable[[Inputs, str, np.random.Generator], Outcome]
    formats: tuple[str, ...]
    gold: bool = False
    truth: Truth = Truth.PREFERENCES

"""What a report holds: facts, parts with text, tables and plots, and a line to sign on."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from domain.audits.plots import Plot


@dataclasses.dataclass(frozen=True)
class Fact:
    """A name and what it is; `exact` values, such as digests, are set letter by letter."""

    name: str
    value: str
    exact: bool = False


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table; `share` is how much of the width it asks for beside the others."""

    title: str
    number: bool = False
    share: float = 1.0


@dataclasses.dataclass(frozen=True)
class Table:
    """Cells as they are read; each row has as many as there are columns."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclasses.dataclass(frozen=True)
class Part:
    """A heading with what stands under it, in this order; `level` 3 stands below a part of level 2."""

    title: str
    said: Sequence[str] = ()
    facts: Sequence[Fact] = ()
    table: Table | None = None
    plots: Sequence[Plot] = ()
    notes: Sequence[str] = ()
    level: int = 2


@dataclasses.dataclass(frozen=True)
class Paper:
    """A report: what it is about, its parts, who ran and who took it, and the moment that it was taken."""

    title: str
    verdict: str
    facts: Sequence[Fact]
    parts: Sequence[Part]
    signed: Sequence[Fact]
    taken_by: str
    taken_at: datetime
    home: str

    def foot(self) -> str:
        """Where it comes from, on every page."""
        return f"{self.home}. Taken by {self.taken_by} on {self.taken_at:%Y-%m-%d %H:%M} UTC."

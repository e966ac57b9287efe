"""What a rule takes: picks without their texts, figures of what stays and what goes, and what a plot shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Columns = Mapping[str, str]
Row = dict[str, Any]


@dataclass(frozen=True)
class Pick:
    """One row to be: the prompts and responses whose texts it needs, and the numbers it has already."""

    prompts: tuple[int, ...]
    responses: tuple[int, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Plot:
    """Values with the part that stays marked; an open end is None."""

    title: str
    values: tuple[float, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Selection:
    """What an export would hold."""

    picks: tuple[Pick, ...]
    figures: tuple[tuple[str, Any], ...]
    plots: tuple[Plot, ...] = field(default=())

"""The standards matrix: which cells of dimension × scenario × discipline a rubric covers, and where its weights point.

After MR-RML: a reference axis u is the normalised vector of expert weights, a vector s lies s·u along it, and
|s − (s·u)u| off it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from domain.rubric import Rubric, shares

AXES = ("dimension", "scenario", "discipline")
UNTAGGED = ""


class Projection(NamedTuple):
    """How a vector lies to an axis; the cosine is None for a vector without length."""

    on_axis: float
    off_axis: float
    cosine: float | None


@dataclass(frozen=True)
class Cell:
    """What lies in a cell: criteria by number, and the mean share of weight over the rubrics."""

    criteria: int = 0
    weight: float = 0.0


@dataclass(frozen=True)
class Matrix:
    """Coverage over two axes; `""` stands for criteria without a tag on an axis."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    @property
    def empty(self) -> list[tuple[str, str]]:
        """Cells of tagged rows and columns that no criterion covers."""
        return [(row, column) for row in self.rows for column in self.columns
                if row and column and (row, column) not in self.cells]  # fmt: skip


def project(vector: Mapping[str, float], reference: Mapping[str, float]) -> Projection | None:
    """The vector along and off the normalised reference; None where the reference has no length."""
    length = math.sqrt(math.fsum(value * value for value in reference.values()))
    if not length or not math.isfinite(length):
        return None
    names = sorted({*vector, *reference})
    unit = {name: reference.get(name, 0.0) / length for name in names}
    on_axis = math.fsum(vector.get(name, 0.0) * unit[name] for name in names)
    rest = math.fsum((vector.get(name, 0.0) - on_axis * unit[name]) ** 2 for name in names)
    size = math.sqrt(math.fsum(value * value for value in vector.values()))
    cosine = max(-1.0, min(1.0, on_axis / size)) if size else None
    return Projection(on_axis, math.sqrt(rest), cosine)


def coverage(
    rubrics: Iterable[Rubric], *, rows: str = "dimension", columns: str = "scenario", third: str | None = None
) -> Matrix:
    """Count criteria and weight in each cell; `third` keeps only criteria with that tag on the remaining axis."""
    (other,) = [axis for axis in AXES if axis not in {rows, columns}]
    counts: dict[tuple[str, str], int] = defaultdict(int)
    weights: dict[tuple[str, str], float] = defaultdict(float)
    number = 0
    for rubric in rubrics:
        number += 1
        share = shares(rubric)
        for criterion in rubric.criteria:
            if third is not None and criterion.tags.get(other, UNTAGGED) != third:
                continue
            cell = (criterion.tags.get(rows, UNTAGGED), criterion.tags.get(columns, UNTAGGED))
            counts[cell] += 1
            weights[cell] += share[criterion.id]
    cells = {cell: Cell(count, weights[cell] / number) for cell, count in counts.items()}
    return Matrix(_names(row for row, _ in cells), _names(column for _, column in cells), cells)


def dimension_weights(
    rubric: Rubric, *, scenario: str | None = None, discipline: str | None = None
) -> dict[str, float]:
    """The rubric's share of weight on each dimension, of all criteria or of those in one scenario and discipline."""
    share = shares(rubric)
    found: dict[str, float] = defaultdict(float)
    for criterion in rubric.criteria:
        tags = criterion.tags
        inside = scenario in {None, tags.get("scenario", "")} and discipline in {None, tags.get("discipline", "")}
        if inside and tags.get("dimension"):
            found[tags["dimension"]] += share[criterion.id]
    return dict(found)


def _names(found: Iterable[str]) -> tuple[str, ...]:
    """Names in order, the untagged last."""
    return tuple(sorted(set(found), key=lambda name: (name == UNTAGGED, name.casefold(), name)))

"""The standards matrix as a page shows it, for one version or for the approved rubrics of a workspace."""

import math
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.rubrics import forms, queries
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages.frame import address
from apps.rubrics.pages.narrowing import cell_query
from domain import rubric, standards, words

NO_TAG = "no tag"
ASTRAY = 0.95
MOST_INSIDE = 500


@dataclass(frozen=True)
class Shown:
    """A cell of the grid; `level` from 0 to 4 is its depth of colour."""

    row: str
    column: str
    criteria: int
    weight: str
    level: int
    missing: bool
    chosen: bool


@dataclass(frozen=True)
class Direction:
    """How the weights lie to a reference profile."""

    scenario: str
    discipline: str
    reference: str
    cosine: float | None
    on_axis: float
    off_axis: float
    furthest: str

    @property
    def astray(self) -> bool:
        """Whether the weights point clearly elsewhere."""
        return self.cosine is not None and self.cosine < ASTRAY


def standards_matrix(actor: Actor, versions: list[RubricVersion], form: forms.MatrixForm) -> dict[str, Any]:
    """Grid, criteria of the chosen cell, warnings and directions."""
    said = [(version, queries.domain_rubric(version)) for version in versions]
    wanted = form.wanted()
    rows, columns, third = wanted["rows"], wanted["columns"], wanted["third"]
    matrix = standards.coverage([each for _, each in said], rows=rows, columns=columns, third=third)
    (other,) = [axis for axis in standards.AXES if axis not in {rows, columns}]
    chosen = (wanted["row"], wanted["column"]) if wanted["row"] is not None else None
    top = max((cell.weight for cell in matrix.cells.values()), default=0.0)
    return {
        "form": form,
        "wanted": wanted,
        "third_axis": other,
        "thirds": sorted({c.tags[other] for _, each in said for c in each.criteria if c.tags.get(other)}),
        "columns": [column or NO_TAG for column in matrix.columns],
        "lines": [(row or NO_TAG, [_shown(matrix, row, column, top, chosen) for column in matrix.columns])
                  for row in matrix.rows],
        "sparse": 2 * len(matrix.empty) > len(matrix.rows) * len(matrix.columns),
        "empty": [f"{row} × {column}" for row, column in matrix.empty],
        "inside": _inside(said, wanted, other, chosen) if chosen else None,
        "in_table": cell_query({rows: chosen[0], columns: chosen[1], other: wanted["third"]}) if chosen else "",
        "chosen": " × ".join(name or NO_TAG for name in chosen) if chosen else "",
        "directions": _directions(actor, [each for _, each in said]),
        "count": len(versions),
        "profile_form": forms.ReferenceForm(),
        "may_set": actor.can(Role.APPROVER),
    }  # fmt: skip


def _shown(matrix: standards.Matrix, row: str, column: str, top: float, chosen: tuple[str, str] | None) -> Shown:
    cell = matrix.cells.get((row, column), standards.Cell())
    level = max(1, round(4 * cell.weight / top)) if cell.criteria and top else 0
    missing = not cell.criteria and bool(row) and bool(column)
    return Shown(row, column, cell.criteria, words.percent(cell.weight), level, missing, chosen == (row, column))


def _inside(
    said: list[tuple[RubricVersion, rubric.Rubric]], wanted: dict[str, Any], other: str, chosen: tuple[str, str]
) -> list[tuple[RubricVersion, rubric.Criterion, str]]:
    """The criteria of a cell with their version and the address of their row."""
    found = [
        (version, criterion)
        for version, each in said
        for criterion in each.criteria
        if (criterion.tags.get(wanted["rows"], ""), criterion.tags.get(wanted["columns"], "")) == chosen
        and (wanted["third"] is None or criterion.tags.get(other, "") == wanted["third"])
    ][:MOST_INSIDE]
    keys = {
        version.pk: {row.criterion_id: row.pk for row in version.criteria.all()}
        for version in {version.pk: version for version, _ in found}.values()
    }
    return [
        (version, criterion, f"{address('edit', version)}#criterion-row-{keys[version.pk][criterion.id]}")
        for version, criterion in found
    ]


def _directions(actor: Actor, said: list[rubric.Rubric]) -> list[Direction]:
    found = []
    for profile in queries.reference_profiles(actor.workspace):
        vector: dict[str, float] = {}
        for each in said:
            weights = standards.dimension_weights(
                each, scenario=profile.scenario or None, discipline=profile.discipline or None
            )
            for name, weight in weights.items():
                vector[name] = vector.get(name, 0.0) + weight / len(said)
        projected = standards.project(vector, profile.weights)
        if projected is not None:
            told = ", ".join(f"{name} {weight:g}" for name, weight in profile.weights.items())
            found.append(
                Direction(profile.scenario, profile.discipline, told, projected.cosine, projected.on_axis,
                          projected.off_axis, _furthest(vector, profile.weights))
            )  # fmt: skip
    return found


def _furthest(vector: dict[str, float], reference: dict[str, float]) -> str:
    """The dimension whose part of the weight differs most from the reference's, in words."""
    has, asked = math.fsum(vector.values()), math.fsum(reference.values())
    if not has or not asked:
        return ""
    parts = {name: (vector.get(name, 0.0) / has, reference.get(name, 0.0) / asked) for name in {*vector, *reference}}
    name = max(sorted(parts), key=lambda one: abs(parts[one][0] - parts[one][1]))
    weighs, should = (words.percent(part) for part in parts[name])
    return f"{name} weighs {weighs} instead of {should}" if weighs != should else ""

"""autorubric: requirements with signed weights, options, guidelines and sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain import rubric
from domain.formats import building, losses, requirements
from domain.formats.models import Exported, Imported, Note, Written
from domain.rubric import Criterion, Kind, Rubric

NAME = "autorubric"
SHAPE = requirements.Shape("autorubric", NAME, 10.0, options=True)
_KINDS = {Kind.BINARY, Kind.ORDINAL}


def read(data: bytes) -> Imported:
    """One rubric, as JSON or YAML."""
    return requirements.read(data, SHAPE)


def write(rubrics: Sequence[Exported]) -> Written:
    """One rubric as it was read where nothing was changed."""
    report: list[Note] = []
    values = []
    for n, item in enumerate(rubrics):
        report.extend(_losses(item.rubric, f"/{n}" if len(rubrics) > 1 else ""))
        values.append(requirements.write_one(item, SHAPE, _entries(item.rubric)))
    return requirements.written(values, report)


def _entries(source: Rubric) -> list[tuple[str | None, dict[str, Any]]]:
    kept = building.as_object(building.kept(source, SHAPE.key).get("criteria"))
    weights = rubric.effective_weights(source)
    return [(c.group, _entry(c, weights[c.id], kept)) for c in source.criteria if c.kind in _KINDS]


def _entry(criterion: Criterion, weight: float, kept: Mapping[str, Any]) -> dict[str, Any]:
    entry = requirements.entry_of(criterion, weight, kept, default=SHAPE.weight)
    own = building.as_object(kept.get(criterion.id))
    if "name" not in own and not own:
        entry["name"] = criterion.id
    levels = building.levels_of(criterion)
    if levels:
        entry["options"] = _options(criterion, own.get("options"))
    elif "options" in own:
        entry["options"] = own["options"] if not own["options"] else None
    return entry


def _options(criterion: Criterion, kept: Any) -> list[dict[str, Any]]:
    """The options in the order they had, where their labels are still the same."""
    fresh = {x.label: {"label": x.label, "value": building.plain(x.value)} for x in building.levels_of(criterion)}
    listed = [o for o in kept if isinstance(o, dict)] if isinstance(kept, list) else []
    if [o.get("label") for o in listed if not o.get("na")] and {
        o.get("label") for o in listed if not o.get("na")
    } == fresh.keys():
        return [o if o.get("na") else {**o, "value": fresh[o["label"]]["value"]} for o in listed]
    return list(fresh.values())


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    for note in losses.of_rubric(source, pointer, NAME):
        if not note.pointer.endswith(("/groups", "/guidelines")):
            yield note
    yield from losses.of_sections(source, pointer, NAME)
    for n, criterion in enumerate(source.criteria):
        at = f"{pointer}/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, _KINDS)
        if any(level.anchor for level in building.levels_of(criterion)):
            yield Note("warning", f"{at}/levels", f"{NAME} has no anchors; only labels and values are in the file.")
        yield from losses.of_criterion(criterion, at, NAME)
        yield from losses.of_frame(criterion, at, NAME)

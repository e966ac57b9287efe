"""The library named `rubric`: requirements with signed weights and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain import rubric
from domain.formats import building, losses, requirements
from domain.formats.models import Exported, Imported, Note, Written
from domain.rubric import Kind, Rubric

NAME = "rubric"
SHAPE = requirements.Shape("rubric", NAME, None, options=False)


def read(data: bytes) -> Imported:
    """One rubric, as JSON or YAML."""
    return requirements.read(data, SHAPE)


def write(rubrics: Sequence[Exported]) -> Written:
    """One rubric as it was read where nothing was changed."""
    report: list[Note] = []
    values = []
    for n, item in enumerate(rubrics):
        source = item.rubric
        report.extend(_losses(source, f"/{n}" if len(rubrics) > 1 else ""))
        kept = building.as_object(building.kept(source, SHAPE.key).get("criteria"))
        weights = rubric.effective_weights(source)
        entries = [
            (c.group, requirements.entry_of(c, weights[c.id], kept, default=SHAPE.weight))
            for c in source.criteria
            if c.kind is Kind.BINARY
        ]
        values.append(requirements.write_one(item, SHAPE, entries))
    return requirements.written(values, report)


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    for note in losses.of_rubric(source, pointer, NAME):
        if not note.pointer.endswith("/groups"):
            yield note
    yield from losses.of_sections(source, pointer, NAME)
    for n, criterion in enumerate(source.criteria):
        at = f"{pointer}/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, {Kind.BINARY})
        yield from losses.of_criterion(criterion, at, NAME)
        yield from losses.of_frame(criterion, at, NAME)

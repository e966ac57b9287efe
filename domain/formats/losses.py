"""What a rubric says that a simpler format has no place for."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from domain.formats.models import Note
from domain.rubric import Criterion, Evidence, Kind, Rubric, truth_rows

_PLAIN = Rubric()


def of_rubric(rubric: Rubric, pointer: str, name: str) -> Iterator[Note]:
    """Losses outside the criteria for a format that knows only criteria."""
    lost = {
        "guidelines": rubric.guidelines,
        "groups": rubric.groups,
        "scoring": rubric.scoring != _PLAIN.scoring,
        "unscored": rubric.unscored != _PLAIN.unscored,
        "content_gate": rubric.content_gate != _PLAIN.content_gate,
        "description": rubric.description,
        "translation_of": rubric.translation_of,
        "extensions/rubricstudio/truth_table": truth_rows(rubric),
    }
    yield from _notes(lost, pointer, name)


def of_criterion(criterion: Criterion, pointer: str, name: str) -> Iterator[Note]:
    """Losses of one criterion for a format that knows only its text and points."""
    lost = {
        "gate": criterion.gate,
        "applies_when": criterion.applies_when,
        "tier": criterion.tier,
        "role": criterion.role,
        "aspect": criterion.aspect,
        "examples": criterion.examples,
        "notes": criterion.notes,
    }
    yield from _notes(lost, pointer, name)


def of_frame(criterion: Criterion, pointer: str, name: str, *, tags: bool = True) -> Iterator[Note]:
    """Losses of one criterion for a format that has neither evidence rules nor needs nor tags."""
    lost = {
        "evidence": criterion.evidence is not Evidence.OPTIONAL,
        "needs": criterion.needs,
        "tags": tags and criterion.tags,
    }
    yield from _notes(lost, pointer, name)


def of_kind(criterion: Criterion, pointer: str, name: str, known: Container[Kind]) -> Iterator[Note]:
    """The note of a criterion whose kind the format does not know; the writer leaves it out."""
    if criterion.kind not in known:
        message = f"{name} has no {criterion.kind.value} criteria; this one is left out."
        yield Note("error", f"{pointer}/kind", message)


def of_sections(rubric: Rubric, pointer: str, name: str) -> Iterator[Note]:
    """Losses of groups for a format whose sections have no weights and no sections inside."""
    for n, group in enumerate(rubric.groups):
        if group.parent is not None:
            yield Note(
                "warning", f"{pointer}/groups/{n}/parent", f"{name} has no sections in sections; it stands alone."
            )
        if group.weight != 1:
            message = f"{name} has no weights of sections; each criterion carries its share of them."
            yield Note("info", f"{pointer}/groups/{n}/weight", message)


def _notes(lost: Mapping[str, object], pointer: str, name: str) -> Iterator[Note]:
    for key, value in lost.items():
        if value:
            message = f"{name} has no place for `{key}`; it is not in the file."
            yield Note("warning", f"{pointer}/{key}", message)

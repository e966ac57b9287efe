"""What a rubric says that a simpler format has no place for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.formats.models import Note
from domain.rubric import Criterion, Rubric

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


def _notes(lost: Mapping[str, object], pointer: str, name: str) -> Iterator[Note]:
    for key, value in lost.items():
        if value:
            message = f"{name} has no place for `{key}`; it is not in the file."
            yield Note("warning", f"{pointer}/{key}", message)

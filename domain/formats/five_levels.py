"""Five described scores as `score1_description` to `score5_description`, shared by several formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.errors import Problem
from domain.formats import building, losses
from domain.formats.models import Note
from domain.rubric import Criterion

SCORES = (1, 2, 3, 4, 5)
KEYS = tuple(f"score{score}_description" for score in SCORES)


def problems(item: Mapping[str, Any], question: str, pointer: str) -> Iterator[Problem]:
    """What is missing for a question with five described scores."""
    for key in (question, *KEYS):
        value = item.get(key)
        if not isinstance(value, str) or not value.strip():
            yield Problem(f"{pointer}/{key}", "A text is needed here.")


def criterion(item: Mapping[str, Any], question: str) -> dict[str, Any]:
    """The ordinal criterion of a question with five described scores."""
    return {
        "text": item[question],
        "kind": "ordinal",
        "levels": building.even_levels([str(score) for score in SCORES], [item[key] for key in KEYS]),
    }


def fields(said: Criterion, question: str) -> dict[str, str]:
    """The question and its five descriptions."""
    anchors = [level.anchor or level.label for level in building.levels_of(said)]
    return {question: said.text, **dict(zip(KEYS, anchors, strict=True))}


def fits(said: Criterion) -> bool:
    """Whether the criterion has five levels."""
    return len(building.levels_of(said)) == len(SCORES)


def notes(said: Criterion, at: str, name: str, *, weighted: bool = False) -> Iterator[Note]:
    """What of a criterion a question with five scores cannot say."""
    if not fits(said):
        yield Note("error", f"{at}/levels", f"{name} needs exactly five levels; this criterion is left out.")
        return
    if not weighted and (said.weight != 1 or said.is_pitfall):
        yield Note("warning", f"{at}/weight", f"{name} has no weights; they are not in the file.")
    if [level.value for level in building.levels_of(said)] != [(score - 1) / 4 for score in SCORES]:
        yield Note("warning", f"{at}/levels", f"{name} spaces its scores evenly; the values are not in the file.")
    yield from losses.of_criterion(said, at, name)
    yield from losses.of_frame(said, at, name)

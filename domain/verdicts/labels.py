"""The one-token answers on offer for each kind of criterion.

Digits after a space are two tokens for most models, so scales are answered by letters.
"""

from __future__ import annotations

from typing import NamedTuple

from domain import errors
from domain.rubric import Criterion, Kind, Level, NumericScale

LETTERS = "ABCDEFGHIJ"


class Label(NamedTuple):
    """An answer with its leading space, the value it stands for, and what it means."""

    text: str
    value: float | None
    meaning: str = ""


DOES_NOT_APPLY = Label(" X", None, "the criterion does not apply")

_YES_NO = (Label(" Yes", 1.0, "true of the answer"), Label(" No", 0.0, "not true of the answer"))
_SUPPORT = (
    Label(" A", 1.0, "the answer fully states it"),
    Label(" B", 0.5, "the answer states part of it"),
    Label(" C", 0.0, "the answer does not state it"),
)


def labels_for(criterion: Criterion) -> tuple[Label, ...]:
    """The answers a judge may give, with one more where the criterion may not apply."""
    own = _own_labels(criterion)
    return (*own, DOES_NOT_APPLY) if isinstance(criterion.applies_when, str) else own


def _own_labels(criterion: Criterion) -> tuple[Label, ...]:
    if criterion.kind in (Kind.BINARY, Kind.ANSWER):
        return _YES_NO
    if criterion.kind is Kind.NUGGET:
        return _SUPPORT
    if isinstance(criterion.levels, NumericScale):
        return _steps(criterion.levels)
    if isinstance(criterion.levels, tuple):
        return tuple(
            Label(f" {letter}", level.value, _meaning(level))
            for letter, level in zip(LETTERS, criterion.levels, strict=False)
        )
    raise errors.Invalid("A computed criterion is not put to a judge, so it has no labels.", code="no_labels")


def _steps(scale: NumericScale) -> tuple[Label, ...]:
    count = round((scale.max - scale.min) / scale.step)
    return tuple(Label(f" {LETTERS[n]}", n / count, f"{scale.min + n * scale.step:.10g}") for n in range(count + 1))


def _meaning(level: Level) -> str:
    return f"{level.label}: {level.anchor}" if level.label and level.anchor else level.label or level.anchor

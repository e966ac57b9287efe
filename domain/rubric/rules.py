"""What must hold between the parts of a rubric beyond the shape of each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from domain import checks, errors, pipeline
from domain.errors import Problem
from domain.rubric import truths
from domain.rubric.kinds import Kind
from domain.rubric.layouts import layout_of
from domain.rubric.models import (
    MAX_LEVELS,
    Criterion,
    Group,
    Level,
    NumericScale,
    Rubric,
)

MAX_GROUP_DEPTH = 32
_HALF = re.compile("[\ud800-\udfff]")
MAX_NUMERIC_STEPS = 10
# Kinds of which a check may decide an answer before a judge is asked; where it abstains the judge is.
CHECKED_FIRST = frozenset({Kind.BINARY, Kind.ANSWER})


def problems(rubric: Rubric) -> list[Problem]:
    """Everything wrong with a well-shaped rubric."""
    found = [
        *_repeated("/guidelines", [g.id for g in rubric.guidelines]),
        *_repeated("/groups", [g.id for g in rubric.groups]),
        *_repeated("/criteria", [c.id for c in rubric.criteria]),
        *_tree(rubric.groups),
        *truths.problems(rubric),
    ]
    known = {group.id for group in rubric.groups}
    for n, criterion in enumerate(rubric.criteria):
        found.extend(_criterion(f"/criteria/{n}", criterion, known))
    return found or list(_steps(rubric))


def text_problems(data: Any) -> list[Problem]:
    """Texts that neither a database nor a digest can hold, found without recursion."""
    return [] if _sound(data) else _faults(data)


def _sound(data: Any) -> bool:
    """Whether nothing is wrong, found without keeping track of places; so it is with most documents."""
    waiting, texts = [data], [""]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is str:
            texts.append(value)
        elif kind is dict:
            texts.extend(value)
            waiting.extend(value.values())
        elif kind is list or kind is tuple:
            waiting.extend(value)
        elif kind is float:
            if not math.isfinite(value):
                return False
        elif value is not None and kind is not bool and kind is not int:
            return False
    try:
        whole = "\n".join(texts)
    except TypeError:
        return False
    return "\x00" not in whole and (whole.isascii() or not _HALF.search(whole))


def _faults(data: Any) -> list[Problem]:
    found: list[Problem] = []
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, str):
            found.extend(_text(pointer, value))
        elif isinstance(value, float) and not math.isfinite(value):
            found.append(Problem(pointer, "Numbers must be finite."))
        elif isinstance(value, dict):
            waiting.extend((f"{pointer}/{_step(key)}", item) for key, item in value.items())
            found.extend(p for key in value for p in _key(pointer, key))
        elif isinstance(value, list | tuple):
            waiting.extend((f"{pointer}/{n}", item) for n, item in enumerate(value))
    return found


def _step(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _key(pointer: str, key: Any) -> list[Problem]:
    if not isinstance(key, str):
        return [Problem(pointer, f"Keys must be text, and {key!r} is not.")]
    return _text(pointer, key)


def _text(pointer: str, text: str) -> list[Problem]:
    if "\x00" in text:
        return [Problem(pointer, "Text must not hold the character U+0000.")]
    if _HALF.search(text):
        return [Problem(pointer, "Text must not hold half of a surrogate pair.")]
    return []


def _repeated(pointer: str, ids: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, name in enumerate(ids):
        if name in seen:
            yield Problem(f"{pointer}/{n}/id", f"The id {name!r} is used twice.")
        seen.add(name)


def _tree(groups: tuple[Group, ...]) -> Iterator[Problem]:
    parents = {group.id: group.parent for group in groups}
    for n, group in enumerate(groups):
        pointer = f"/groups/{n}/parent"
        if group.parent is not None and group.parent not in parents:
            yield Problem(pointer, f"There is no group {group.parent!r}.")
        elif _in_circle(parents, group.id):
            yield Problem(pointer, f"The group {group.id!r} lies inside itself.")
        elif _depth(parents, group.id) > MAX_GROUP_DEPTH:
            yield Problem(pointer, f"Groups may be nested at most {MAX_GROUP_DEPTH} deep.")


def _in_circle(parents: dict[str, str | None], name: str) -> bool:
    seen: set[str] = set()
    at: str | None = parents[name]
    while at is not None and at not in seen:
        if at == name:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


def _depth(parents: dict[str, str | None], name: str) -> int:
    """How deep a group lies, counted no further than one step past the limit."""
    depth, at = 0, name if name in parents else None
    while at is not None and depth <= MAX_GROUP_DEPTH:
        depth += 1
        at = parents.get(at)
    return depth


def _steps(rubric: Rubric) -> Iterator[Problem]:
    for problem in pipeline.problems(rubric.scoring, layout_of(rubric)):
        yield Problem(f"/scoring{problem.pointer}", problem.message)


def _criterion(pointer: str, criterion: Criterion, groups: set[str]) -> Iterator[Problem]:
    if criterion.group is not None and criterion.group not in groups:
        yield Problem(f"{pointer}/group", f"There is no group {criterion.group!r}.")
    if len(set(criterion.needs)) != len(criterion.needs):
        yield Problem(f"{pointer}/needs", "Each need may stand only once.")
    yield from _levels(f"{pointer}/levels", criterion)
    yield from _checks(pointer, criterion)


def _levels(pointer: str, criterion: Criterion) -> Iterator[Problem]:
    levels = criterion.levels
    if criterion.kind is Kind.ORDINAL:
        if not isinstance(levels, tuple) or len(levels) < 2:
            yield Problem(pointer, "An ordinal criterion needs at least two levels.")
        else:
            yield from _ordinal(pointer, levels)
    elif criterion.kind is Kind.NUMERIC:
        if not isinstance(levels, NumericScale):
            yield Problem(pointer, "A numeric criterion needs a scale with min, max and step.")
        else:
            yield from _numeric(pointer, levels)
    elif levels is not None:
        yield Problem(pointer, f"A criterion of kind {criterion.kind.value!r} has no levels.")


def _ordinal(pointer: str, levels: tuple[Level, ...]) -> Iterator[Problem]:
    if len(levels) > MAX_LEVELS:
        yield Problem(pointer, f"An ordinal criterion has at most {MAX_LEVELS} levels.")
    if len({level.label for level in levels}) != len(levels):
        yield Problem(pointer, "Two levels have the same label.")
    values = [level.value for level in levels]
    if values != sorted(values) or values[0] == values[-1]:
        yield Problem(pointer, "Levels go from worst to best: their values must rise.")


def _numeric(pointer: str, scale: NumericScale) -> Iterator[Problem]:
    if scale.step <= 0 or scale.max <= scale.min:
        yield Problem(pointer, "A scale needs min below max and a step above 0.")
        return
    steps = (scale.max - scale.min) / scale.step
    if not math.isfinite(steps) or steps + 1 > MAX_NUMERIC_STEPS + 1e-9:
        yield Problem(pointer, f"A scale has at most {MAX_NUMERIC_STEPS} values.")
    elif abs(steps - round(steps)) > 1e-9:
        yield Problem(pointer, "The step must divide the way from min to max.")


def _checks(pointer: str, criterion: Criterion) -> Iterator[Problem]:
    if criterion.kind is Kind.CHECK:
        if criterion.check is None:
            yield Problem(f"{pointer}/check", "A computed criterion needs a check.")
        else:
            yield from _check(f"{pointer}/check", criterion.check)
    elif criterion.check is not None:
        if criterion.kind in CHECKED_FIRST:
            yield from _check(f"{pointer}/check", criterion.check)
        else:
            said = f"A criterion of kind {criterion.kind.value!r} has more than pass and fail, so it has no check."
            yield Problem(f"{pointer}/check", said)
    if criterion.applies_when is not None and not isinstance(criterion.applies_when, str):
        yield from _check(f"{pointer}/applies_when/check", criterion.applies_when.check)


def _check(pointer: str, spec: dict[str, Any]) -> Iterator[Problem]:
    try:
        checks.validate(spec)
    except errors.Invalid as error:
        for problem in error.problems:
            yield Problem(pointer + problem.pointer, problem.message)

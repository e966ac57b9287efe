"""What every reader does: parse with the source's pointers, keep ids, put kept fields back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from domain import errors, reading, rubric
from domain.rubric import Criterion, Kind, Level, Rubric

Moved = Callable[[str], str]


def parsed(document: Mapping[str, Any], *, code: str, moved: Moved) -> Rubric:
    """The rubric of a document; faults are told at the place of the source that `moved` names."""
    try:
        return rubric.parse(document)
    except errors.Invalid as error:
        found = error.problems or [errors.Problem("", error.message)]
        raise reading.invalid([errors.Problem(moved(p.pointer), p.message) for p in found], code=code) from error


def document(data: bytes) -> Any:
    """The JSON or YAML value of a file, told apart by its first character."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return reading.json_value(data) if start in (b"{", b"[") else reading.yaml_value(data)


def refuse(pointer: str, message: str, code: str) -> errors.Invalid:
    """The refusal of a file for one fault."""
    return reading.invalid([errors.Problem(pointer, message)], code=code)


def is_number(value: Any) -> bool:
    """Whether this is a finite number and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def unique_ids(texts: Sequence[str], names: Sequence[Any]) -> list[str]:
    """The source's names as ids where each stands once, made ones for the rest."""
    counted: dict[Any, int] = {}
    for name in names:
        if isinstance(name, str):
            counted[name] = counted.get(name, 0) + 1
    return [
        name if isinstance(name, str) and name.strip() and len(name) <= 80 and counted[name] == 1
        else rubric.criterion_id(n, text)
        for n, (name, text) in enumerate(zip(names, texts, strict=True))
    ]  # fmt: skip


def kept(source: Rubric, key: str) -> dict[str, Any]:
    """What an import of this format left in `extensions`."""
    return as_object(source.extensions.get(key))


def as_object(value: Any) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def without(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The fields of a record except these."""
    left_out = set(names)
    return {key: value for key, value in item.items() if key not in left_out}


def plain(number: float) -> int | float:
    """A whole number without its decimal point."""
    return int(number) if number == int(number) else number


def signed(criterion: Criterion, weight: float) -> int | float:
    """The weight as others write it: below zero for a pitfall."""
    return plain(-weight if criterion.is_pitfall else weight)


def weights_of(weight: float) -> dict[str, Any]:
    """Polarity and weight of a signed weight."""
    return {"polarity": "negative" if weight < 0 else "positive", "weight": abs(weight)}


def levels_of(criterion: Criterion) -> tuple[Level, ...]:
    """The described levels of an ordinal criterion."""
    if criterion.kind is Kind.ORDINAL and isinstance(criterion.levels, tuple):
        return criterion.levels
    return ()


def even_levels(labels: Sequence[str], anchors: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Levels at equal distance from worst to best."""
    top = max(1, len(labels) - 1)
    said = anchors or [""] * len(labels)
    return [
        {"label": label, "value": n / top, "anchor": anchor}
        for n, (label, anchor) in enumerate(zip(labels, said, strict=True))
    ]

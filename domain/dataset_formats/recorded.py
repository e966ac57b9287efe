"""Verdicts that judges elsewhere gave: what the formats with published verdicts share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from domain import errors, reading, rubric
from domain.dataset_formats import tables
from domain.formats.models import ImportedRubric

CRITERION = "better"
Row = TypeVar("Row")


def one_question(slug: str, title: str, text: str) -> ImportedRubric:
    """A rubric of one yes-or-no criterion, which the verdicts of a file answer."""
    made = rubric.parse({"title": title, "criteria": [{"id": CRITERION, "text": text, "kind": "binary"}]})
    return ImportedRubric(made, slug)


def each(data: bytes, read: Callable[[Mapping[str, Any]], Row]) -> list[Row]:
    """What a reader makes of every record; raises Invalid with all records that cannot be read.

    A reader is given one record, and raises `errors.Invalid` with a sentence.
    """
    rows: list[Row] = []
    problems: list[errors.Problem] = []
    for n, record in enumerate(records(data)):
        try:
            if not isinstance(record, dict):
                raise errors.Invalid("A record must be an object.")
            rows.append(read(record))
        except errors.Invalid as error:
            problems.extend(error.problems or [errors.Problem(f"/{n}", error.message)])
    if problems:
        raise reading.invalid(problems)
    return rows


def records(data: bytes) -> list[Any]:
    """The records of a file of JSON, JSON Lines or, as the hubs of data sets serve it, Parquet."""
    return list(tables.rows(data)) if data.startswith(b"PAR1") else reading.records(data)


def once(ids: Iterable[str]) -> None:
    """Refuse a file in which two records have the same id."""
    seen: set[str] = set()
    problems = []
    for n, name in enumerate(ids):
        if name in seen:
            problems.append(errors.Problem(f"/{n}/id", f"The id {name!r} is used twice."))
        seen.add(name)
    if problems:
        raise reading.invalid(problems)


def text(record: Mapping[str, Any], name: str, *, least: int = 1) -> str:
    """A text of a record."""
    value = record.get(name)
    if not isinstance(value, str) or len(value.strip()) < least:
        raise errors.Invalid(f"The record has no `{name}`.")
    return value


def table(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object of a record, keyed by judges."""
    value = record.get(name)
    if not isinstance(value, dict) or not all(1 <= len(key.strip()) <= 160 for key in value):
        raise errors.Invalid(f"`{name}` must be an object with the names of judges as keys.")
    return value


def numbers(value: Any, count: int, what: str) -> list[float | None]:
    """So many finite numbers, each of which may be null."""
    if not isinstance(value, list) or len(value) != count:
        raise errors.Invalid(f"{what} must be a list of {count} numbers.")
    return [number(each_value, what) for each_value in value]


def number(value: Any, what: str) -> float | None:
    """A finite number, or None for null."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise errors.Invalid(f"{what} holds {value!r}, which is no number.")
    return float(value)


def of_scale(score: float, low: float, high: float) -> float:
    """A rating as a degree in [0, 1]; raises Invalid off the scale."""
    if not low <= score <= high:
        raise errors.Invalid(f"The rating {score:g} is not between {low:g} and {high:g}.")
    return (score - low) / (high - low)


def of_open_scale(score: float) -> float:
    """A score without bounds as a degree in (0, 1), in the same order: ½·(1 + s/(1 + |s|)).

    Ours: strictly rising and the same for every file, so that ties stay ties and nothing else becomes one.
    """
    return 0.5 * (1 + score / (1 + abs(score)))

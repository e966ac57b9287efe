"""Rows that hold a prompt with all its responses, unfolded to one row a response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain import errors, reading

NESTED = "responses"
_RENAMED = {
    "id": "response_id",
    "text": "response",
    "parts": "response",
    "content": "response",
    "tags": "response_tags",
}
_FIELDS = {"response_id", "response", "model", "edit_of", "edit", "response_tags"}


class Unfolded(NamedTuple):
    """A flat row and where it came from."""

    pointer: str
    row: dict[str, Any]


def unfold(rows: Sequence[Mapping[str, Any]]) -> list[Unfolded]:
    """Every row as it is, or once for each of its responses."""
    return [flat for n, row in enumerate(rows) for flat in _one(f"/{n}", row)]


def _one(pointer: str, row: Mapping[str, Any]) -> Iterator[Unfolded]:
    nested = row.get(NESTED)
    if not isinstance(nested, list) or "response" in row:
        yield Unfolded(pointer, dict(row))
        return
    shared = {key: value for key, value in row.items() if key != NESTED}
    if not nested:
        yield Unfolded(pointer, shared)
    for k, item in enumerate(nested):
        at = f"{pointer}/{NESTED}/{k}"
        yield Unfolded(at, shared | _response(item, at))


def _response(item: Any, at: str) -> dict[str, Any]:
    if isinstance(item, str):
        return {"response": item}
    named = item if isinstance(item, dict) else {}
    fields = {str(_RENAMED.get(key, key)): value for key, value in named.items()}
    if "response" not in fields:
        raise reading.invalid([errors.Problem(at, "A response needs a `text`.")], code="table_invalid")
    strange = sorted(set(fields) - _FIELDS)
    if strange:
        raise reading.invalid(
            [errors.Problem(f"{at}/{strange[0]}", f"A response has no field {strange[0]!r} here.")],
            code="table_invalid",
        )
    return fields

"""Verdicts in one JSON reply: what stands around it does not matter, what stands in it is read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from domain.verdicts.written import spoken

_BEGIN = re.compile(r"\"verdicts\"\s*:\s*\[|\[(?=\s*\{\s*\"criterion\")")
_BETWEEN = re.compile(r"[\s,]*")


class Entry(NamedTuple):
    """One verdict as it was written: the number of its criterion, the reply, the quotes and the reason."""

    number: int
    reply: str
    quotes: tuple[str, ...]
    reason: str


def read_entries(text: str) -> list[Entry]:
    """The whole entries of the last list of verdicts in a text, in their order, also of one that was cut off.

    An entry with a key twice, without a whole number or without a word for its verdict is left out. After something
    that is no JSON nothing more is read.
    """
    said = spoken(text)
    begins = list(_BEGIN.finditer(said))
    return [entry for form in objects_of(said, begins[-1].end()) if (entry := _entry(form))] if begins else []


def objects_of(text: str, start: int) -> Iterator[Any]:
    """The JSON objects of a list from a place in it on, up to what is no object; None where a key stands twice."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    while True:
        start = _BETWEEN.match(text, start).end()  # type: ignore[union-attr]  # it matches nothing too
        if text[start : start + 1] != "{":
            return
        try:
            form, start = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return
        yield form


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """An object, or None where a key stands twice: nobody knows which one was meant."""
    form = dict(pairs)
    return form if len(form) == len(pairs) else None


def _entry(form: Any) -> Entry | None:
    if not isinstance(form, dict):
        return None
    number, reply = form.get("criterion"), form.get("verdict")
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(reply, str):
        return None
    quotes, reason = form.get("quotes"), form.get("reason")
    kept = tuple(each for each in quotes if isinstance(each, str)) if isinstance(quotes, list) else ()
    return Entry(number, reply, kept, reason if isinstance(reason, str) else "")

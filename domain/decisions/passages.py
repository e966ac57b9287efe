"""Passages that a person marked in a text, by offsets in Unicode characters."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain import errors

MOST_SPANS = 50


def read_spans(text: str, spans: Any) -> list[dict[str, Any]]:
    """Passages by their offsets in the text, with the words that really stand there; raises `Invalid`.

    A browser counts CR LF as one character, so offsets are those of the text as a browser shows it.
    """
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        raise errors.Invalid("The marked passages could not be read.", code="spans_invalid")
    if len(spans) > MOST_SPANS:
        raise errors.Invalid(f"At most {MOST_SPANS} passages can be marked.", code="spans_invalid")
    if not spans:
        return []
    shown = places(text)
    return [_span(text, shown, span) for span in spans]


def places(text: str) -> list[int]:
    """Where each character that a browser shows stands in the text, and where the text ends."""
    shown = [n for n, character in enumerate(text) if character != "\r" or text[n + 1 : n + 2] != "\n"]
    return [*shown, len(text)]


def _span(text: str, shown: Sequence[int], span: Any) -> dict[str, Any]:
    start, end = (span.get("start"), span.get("end")) if isinstance(span, Mapping) else (None, None)
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end < len(shown):
        raise errors.Invalid("A marked passage lies outside the answer.", code="spans_invalid")
    first, last = shown[start], shown[end]
    return {"start": first, "end": last, "text": text[first:last]}

"""Check: the answer contains a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import pydantic

from domain.checks.result import CheckResult, Given, Span, of
from domain.checks.rule import About, Case, Rule


class Contains(Rule):
    """The text stands in the answer, case aside, at least `count` times (once where not given)."""

    ABOUT: ClassVar[About] = About(
        "contains", "Contains a text", "Words",
        "The text stands in the answer, upper and lower case alike. How words are composed of accents does not matter.",
        (
            Case({"kind": "contains", "text": "allergy"}, "Ask about every ALLERGY.", "pass"),
            Case({"kind": "contains", "text": "dose", "count": 2}, "The dose is 5 mg.", "fail"),
        ),
    )  # fmt: skip

    kind: Literal["contains"]
    text: Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=20_000)] = pydantic.Field(
        title="Text", description="What must stand in the answer."
    )
    count: Annotated[int, pydantic.Field(strict=True, ge=1, le=1_000_000)] | None = pydantic.Field(
        None, title="At least this often", description="Left empty: once."
    )

    def run(self, given: Given) -> CheckResult:
        """Count the places, without overlap."""
        found = _folded(given.response).count(_folded(self.text))
        spans = tuple(Span(*m.span()) for _, m in zip(range(100), _places(self.text, given.response), strict=False))
        return of(found >= (self.count or 1), f"Found {found} times.", spans)


def _places(text: str, response: str) -> Iterator[re.Match[str]]:
    return re.finditer(re.escape(text), response, re.IGNORECASE)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()

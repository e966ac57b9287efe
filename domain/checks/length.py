"""Check: how long an answer is, in other units than words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, Literal

import pydantic

from domain.checks.bounds import Between
from domain.checks.instructions import text as cut
from domain.checks.result import CheckResult, Given, of
from domain.checks.rule import About, Case

# Near what byte-pair vocabularies make of text: pieces of up to five letters, up to three digits, and single marks.
_TOKEN = re.compile(r"[^\W\d_]{1,5}|\d{1,3}|[^\w\s]|_", re.UNICODE)
_PARAGRAPH_END = re.compile(r"\n[ \t\r]*\n\s*")

COUNTERS: dict[str, Callable[[str], int]] = {
    "sentences": lambda text: len(cut.sentences(text)),
    "characters": len,
    "letters": lambda text: sum(map(str.isalpha, text)),
    "lines": lambda text: sum(1 for line in text.split("\n") if line.strip()),
    "paragraphs": lambda text: sum(1 for part in _PARAGRAPH_END.split(text) if part.strip()),
    "tokens": lambda text: sum(1 for _ in _TOKEN.finditer(text)),
}


class Length(Between):
    """At least `min` and at most `max` of a unit."""

    ABOUT: ClassVar[About] = About(
        "length", "Length in another unit", "Length",
        "Sentences, characters, letters, lines that are not empty, paragraphs with an empty line between them, or "
        "about as many tokens as a language model would count.",
        (
            Case({"kind": "length", "unit": "sentences", "max": 2}, "Rest. Drink water.", "pass"),
            Case({"kind": "length", "unit": "characters", "max": 5}, "Much too long.", "fail"),
        ),
        limits="Answers of up to 500,000 characters; longer ones get no answer. Tokens are an estimate of our own.",
        max_answer=500_000,
    )  # fmt: skip

    kind: Literal["length"]
    unit: Literal["sentences", "characters", "letters", "lines", "paragraphs", "tokens"] = pydantic.Field(
        title="Unit", description="What is counted."
    )

    def run(self, given: Given) -> CheckResult:
        """Count the unit."""
        count = COUNTERS[self.unit](given.response)
        return of(self.holds(count), f"{count} {self.unit}.")

"""Check: the number of words lies within bounds."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain import words as counting
from domain.checks.bounds import Between
from domain.checks.result import CheckResult, Given, of
from domain.checks.rule import About, Case


class Words(Between):
    """At least `min` and at most `max` words."""

    ABOUT: ClassVar[About] = About(
        "words", "Number of words", "Length",
        "Pieces between spaces that hold a letter or a digit; in scripts without spaces every character counts.",
        (
            Case({"kind": "words", "min": 3}, "Take it twice daily.", "pass"),
            Case({"kind": "words", "max": 3}, "Take it twice daily.", "fail"),
        ),
    )  # fmt: skip

    kind: Literal["words"]

    def run(self, given: Given) -> CheckResult:
        """Count words, punctuation alone not counting."""
        count = counting.count_words(given.response)
        return of(self.holds(count), f"{count} words.")

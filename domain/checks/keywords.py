"""Check: which words of a list stand in the answer, and how often."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

import pydantic

from domain.checks.result import MAX_SPANS, CheckResult, Given, Span, of
from domain.checks.rule import About, Case, Rule

Keyword = Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=500, pattern=r"\S")]


class Keywords(Rule):
    """All, any, a number or none of some words stand in the answer."""

    ABOUT: ClassVar[About] = About(
        "keywords", "Words of a list", "Words",
        "Words or phrases, upper and lower case alike; each has to be a word of its own unless parts count.",
        (
            Case({"kind": "keywords", "words": ["rash", "fever"], "need": "all"}, "A rash with fever.", "pass"),
            Case({"kind": "keywords", "words": ["sorry", "unfortunately"], "need": "none"}, "Sorry to hear.", "fail"),
        ),
        limits="At most 200 words; answers of up to 200,000 characters.", max_answer=200_000,
    )  # fmt: skip

    kind: Literal["keywords"]
    words: Annotated[tuple[Keyword, ...], pydantic.Field(min_length=1, max_length=200)] = pydantic.Field(
        title="Words", description="One a line."
    )
    need: Literal["all", "any", "none"] = pydantic.Field(
        "all", title="Passes where the answer has", description="all of them, any of them, or none of them."
    )
    times: Annotated[int, pydantic.Field(strict=True, ge=1, le=10_000)] = pydantic.Field(
        1, title="Each at least this often", description="Fewer places do not count as having the word."
    )
    at_least: Annotated[int, pydantic.Field(strict=True, ge=1, le=200)] | None = pydantic.Field(
        None, title="At least so many of the words", description="Takes the place of all or any where it is set."
    )
    parts: bool = pydantic.Field(
        False, title="Parts of words count", description="So that “rash” is found in “rashes”."
    )

    def run(self, given: Given) -> CheckResult:
        """Find each of the words."""
        places = {word: self._places(word, given.response) for word in self.words}
        there = [word for word, found in places.items() if len(found) >= self.times]
        wanted = self.at_least or (len(places) if self.need == "all" else 1)
        passed = not there if self.need == "none" else len(there) >= wanted
        spans = tuple(sorted(span for found in places.values() for span in found)[:MAX_SPANS])
        details = tuple(f"{word}: {len(found)} times" for word, found in places.items())
        return of(passed, f"{len(there)} of {len(places)} words are there.", spans, details)

    def _places(self, word: str, text: str) -> list[Span]:
        inner = re.escape(" ".join(word.split())).replace(r"\ ", r"\s+")
        pattern = inner if self.parts else rf"(?<!\w){inner}(?!\w)"
        return [Span(*match.span()) for match in re.finditer(pattern, text, re.IGNORECASE)]

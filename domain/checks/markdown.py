"""Check: how an answer is built in Markdown."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, ClassVar, Literal, Self

import pydantic

from domain.checks import fences
from domain.checks.bounds import Bound, in_order, within
from domain.checks.result import CheckResult, Given, of
from domain.checks.rule import About, Case, Rule

_PARTS = {
    "headings": re.compile(r" {0,3}#{1,6}(?:[ \t]|$)"),
    "bullets": re.compile(r"\s*[-*+][ \t]+\S"),
    "numbers": re.compile(r"\s*\d{1,9}[.)][ \t]+\S"),
    "quotes": re.compile(r" {0,3}>"),
}
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
# Lengths are bounded and openings exclude each other, so that a row of them costs linear time.
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,1000}\)")
_LINK = re.compile(r"(?<!!)\[[^\[\]\n]{1,500}\]\([^()\n]{1,1000}\)")
_BOLD = re.compile(r"\*\*[^*\n]{1,2000}\*\*|__[^_\n]{1,2000}__")
Part = Literal["headings", "bullets", "numbers", "tables", "code", "quotes", "links", "images", "bold", "anything"]


class Markdown(Rule):
    """So many headings, list items, tables, fenced blocks, …"""

    ABOUT: ClassVar[About] = About(
        "markdown", "Markdown structure", "Format",
        "How many headings, list items, tables, fenced code blocks, quotes, links, images or bold pieces there are. "
        "What stands inside a fenced block does not count.",
        (
            Case({"kind": "markdown", "part": "bullets", "min": 2}, "- rest\n- water", "pass"),
            Case({"kind": "markdown", "part": "anything", "max": 0}, "# Advice\nRest.", "fail"),
        ),
        limits="Answers of up to 200,000 characters. Lines are read, not the finer points of Markdown.",
        max_answer=200_000,
    )  # fmt: skip

    kind: Literal["markdown"]
    part: Part = pydantic.Field(title="Part", description="What is counted; “anything” is all of them together.")
    level: Annotated[int, pydantic.Field(strict=True, ge=1, le=6)] | None = pydantic.Field(
        None, title="Level of heading", description="Only headings of this level count; left empty: all."
    )
    language: Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=40)] | None = (
        pydantic.Field(None, title="Language of code", description="Only blocks that name it count; left empty: all.")
    )
    min: Bound | None = pydantic.Field(None, title="At least", description="Left empty: no lower bound.")
    max: Bound | None = pydantic.Field(None, title="At most", description="Left empty: no upper bound.")

    @pydantic.model_validator(mode="after")
    def _has_bounds(self) -> Self:
        in_order(self.min, self.max)
        return self

    def run(self, given: Given) -> CheckResult:
        """Read the lines and count the part."""
        found = counts(given.response, self.level, self.language)
        count = sum(found.values()) if self.part == "anything" else found[self.part]
        details = tuple(f"{part}: {number}" for part, number in found.items() if number)
        return of(within(count, self.min, self.max), f"{count} {self.part}.", (), details)


def counts(text: str, level: int | None = None, language: str | None = None) -> Counter[str]:
    """How often each part stands in a text."""
    blocks = fences.fences(text)
    inside = {n for block in blocks for n in range(block.first, block.last)}
    lines = [line for n, line in enumerate(text.split("\n")) if n not in inside]
    found: Counter[str] = Counter()
    found["code"] = sum(language is None or block.language == language.lower() for block in blocks)
    for n, line in enumerate(lines):
        for part, pattern in _PARTS.items():
            found[part] += bool(pattern.match(line)) and (part != "headings" or level in (None, _level(line)))
        found["tables"] += n > 0 and "|" in lines[n - 1] and "-" in line and bool(_RULE.fullmatch(line))
    rest = "\n".join(lines)
    for part, pattern in (("links", _LINK), ("images", _IMAGE), ("bold", _BOLD)):
        found[part] = sum(1 for _ in pattern.finditer(rest))
    return found


def _level(line: str) -> int:
    bare = line.lstrip()
    return len(bare) - len(bare.lstrip("#"))

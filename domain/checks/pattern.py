"""Check: a pattern of the author stands in the answer; in linear time, whatever the pattern."""

from __future__ import annotations

import functools
from typing import Annotated, Any, ClassVar, Literal

import pydantic
import re2

from domain.checks.result import MAX_SPANS, CheckResult, Given, Span, of
from domain.checks.rule import About, Case, Rule

MAX_PATTERN = 5_000
MAX_MEMORY = 8 << 20
MAX_FOUND = 10_000


class Pattern(Rule):
    """A pattern is found, is not found, or matches the whole answer."""

    ABOUT: ClassVar[About] = About(
        "regex", "Regular expression", "Words",
        "A pattern in the syntax of RE2: as in Python, without looking ahead or behind and without references back.",
        (
            Case({"kind": "regex", "pattern": r"\b\d+ ?mg\b"}, "Take 5 mg.", "pass"),
            Case({"kind": "regex", "pattern": "(?i)sorry", "mode": "absent"}, "I am Sorry.", "fail"),
        ),
        limits=f"Patterns of up to {MAX_PATTERN:,} characters and 8 MB of automaton; time grows with the answer alone.",
    )  # fmt: skip

    kind: Literal["regex"]
    pattern: Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=MAX_PATTERN)] = (
        pydantic.Field(title="Pattern", description="Such as \\b\\d+ ?mg\\b for a dose.")
    )
    mode: Literal["found", "absent", "whole"] = pydantic.Field(
        "found", title="Passes where it", description="is found, is absent, or matches the whole answer."
    )
    ignore_case: bool = pydantic.Field(False, title="Upper and lower case alike", description="As (?i) does.")
    count: Annotated[int, pydantic.Field(strict=True, ge=1, le=MAX_FOUND)] | None = pydantic.Field(
        None, title="Found at least this often", description="Left empty: once."
    )

    @pydantic.field_validator("pattern")
    @classmethod
    def _can_be_read(cls, pattern: str) -> str:
        try:
            compiled(pattern, False)
        except re2.error as error:
            raise ValueError(f"The pattern cannot be read: {_reason(error)}") from error
        return pattern

    def run(self, given: Given) -> CheckResult:
        """Search with an automaton."""
        made = compiled(self.pattern, self.ignore_case)
        if self.mode == "whole":
            whole = made.fullmatch(given.response.strip())
            return of(whole is not None, "It matches the whole answer." if whole else "It does not match the whole.")
        spans = []
        for match in made.finditer(given.response):
            spans.append(Span(*match.span()))
            if len(spans) == MAX_FOUND:
                break
        passed = not spans if self.mode == "absent" else len(spans) >= (self.count or 1)
        shown = tuple(span for span in spans if span.end > span.start)[:MAX_SPANS]
        return of(passed, f"Found {len(spans)} times.", shown)


@functools.lru_cache(maxsize=500)
def compiled(pattern: str, ignore_case: bool) -> Any:
    """The automaton of a pattern; raises `re2.error`."""
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def _reason(error: re2.error) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)

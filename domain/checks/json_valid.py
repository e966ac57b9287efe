"""Check: the answer is one JSON value."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.checks import json_text
from domain.checks.result import CheckResult, Given, of
from domain.checks.rule import About, Case, Rule


class JsonValid(Rule):
    """The whole answer parses as JSON of RFC 8259."""

    ABOUT: ClassVar[About] = About(
        "json_valid", "Is JSON", "Format",
        "The whole answer, and nothing beside it, is one JSON value as RFC 8259 says.",
        (
            Case({"kind": "json_valid"}, '{"dose": 5}', "pass"),
            Case({"kind": "json_valid"}, "Here it is: {}", "fail"),
        ),
        limits=f"Up to {json_text.MAX_DEPTH} levels deep; anything deeper counts as no JSON.",
    )  # fmt: skip

    kind: Literal["json_valid"]

    def run(self, given: Given) -> CheckResult:
        """Parse and say where it fails."""
        try:
            json_text.read(given.response)
        except ValueError as error:
            return of(False, f"Not JSON: {error}.")
        return of(True, "Valid JSON.")

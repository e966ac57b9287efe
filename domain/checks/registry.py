"""The kinds of check, their parameters, and the one way to run them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pydantic

from domain import errors
from domain.checks import (
    arithmetic,
    calendar,
    citations,
    contains,
    date,
    equivalent,
    in_language,
    json_schema,
    json_valid,
    keywords,
    length,
    lookup,
    markdown,
    pattern,
    readability,
    words,
    xml,
)
from domain.checks.instructions import kinds as instructions
from domain.checks.programs import code_tests, predicate
from domain.checks.result import CheckResult, Given
from domain.checks.rule import Rule

# One line a kind, in the order in which they are offered.
_RULES: tuple[type[Rule], ...] = (
    words.Words,
    length.Length,
    contains.Contains,
    keywords.Keywords,
    pattern.Pattern,
    json_valid.JsonValid,
    json_schema.JsonSchema,
    xml.Xml,
    markdown.Markdown,
    in_language.InLanguage,
    readability.Readability,
    citations.Citations,
    arithmetic.Arithmetic,
    calendar.Calendar,
    date.Date,
    lookup.Lookup,
    instructions.IfEval,
    instructions.IfBench,
    predicate.Predicate,
    code_tests.CodeTests,
    equivalent.Equivalent,
)

KINDS: dict[str, type[Rule]] = {rule.ABOUT.name: rule for rule in _RULES}


def validate(spec: Mapping[str, Any]) -> Rule:
    """The check a specification such as {"kind": "words", "min": 50} describes."""
    kind = spec.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        known = ", ".join(KINDS)
        raise _invalid([errors.Problem("/kind", f"The kind of a check is one of {known}.")])
    try:
        return KINDS[kind].model_validate(dict(spec))
    except pydantic.ValidationError as error:
        raise _invalid(
            [
                errors.Problem("".join(f"/{step}" for step in item["loc"]), _sentence(item["msg"]))
                for item in error.errors(include_url=False, include_context=False)
            ]
        ) from error


def evaluate(spec: Mapping[str, Any], given: Given) -> CheckResult:
    """Run a check on an answer."""
    return validate(spec).decide(given)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").removesuffix(".") + "."


def _invalid(problems: list[errors.Problem]) -> errors.Invalid:
    return errors.Invalid(f"The check cannot be used: {problems[0].message}", code="check_invalid", problems=problems)

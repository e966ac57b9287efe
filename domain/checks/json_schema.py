"""Check: the answer is JSON of a schema."""

from __future__ import annotations

import functools
import json
from typing import Any, ClassVar, Literal

import jsonschema_rs
import pydantic

from domain.checks import fences, json_text
from domain.checks.result import CheckResult, Given, abstain, of, shortened
from domain.checks.rule import About, Case, Rule

MAX_SCHEMA = 100_000
MAX_ERRORS = 20


class JsonSchema(Rule):
    """JSON that a JSON Schema describes."""

    ABOUT: ClassVar[About] = About(
        "json_schema", "JSON of a schema", "Format",
        "The answer, or the first fenced block in it, is JSON that the schema describes (drafts 4 to 2020-12).",
        (
            Case({"kind": "json_schema", "schema": {"type": "object", "required": ["dose"]}}, '{"dose": 5}', "pass"),
            Case({"kind": "json_schema", "schema": {"type": "array"}}, '```json\n{"dose": 5}\n```', "fail"),
        ),
        limits=f"Schemas of up to {MAX_SCHEMA:,} characters without references to other places, patterns of the linear "
        f"kind; JSON of up to {json_text.MAX_DEPTH} levels.",
        abstains="Where the schema cannot be applied to what was found.",
    )  # fmt: skip

    kind: Literal["json_schema"]
    # `schema` is a method of pydantic models; the parameter has that name all the same.
    schema_: dict[str, Any] = pydantic.Field(
        alias="schema", title="Schema", description="A JSON Schema, as an object.", json_schema_extra={"input": "json"}
    )
    place: Literal["anywhere", "whole", "fence"] = pydantic.Field(
        "anywhere", title="Where", description="The first fenced block or else the whole; the whole; a block alone."
    )

    @pydantic.field_validator("schema_")
    @classmethod
    def _can_be_used(cls, schema: dict[str, Any]) -> dict[str, Any]:
        try:
            text = json.dumps(schema, sort_keys=True)
        except (ValueError, RecursionError, TypeError) as error:
            raise ValueError("The schema is no plain JSON.") from error
        if len(text) > MAX_SCHEMA:
            raise ValueError(f"The schema is longer than {MAX_SCHEMA:,} characters.")
        try:
            json_text.read(text)
            _validator(text)
        except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            said = getattr(error, "message", str(error)).split("\n", 1)[0]
            raise ValueError(f"The schema cannot be used: {shortened(said, 300)}") from error
        return schema

    def run(self, given: Given) -> CheckResult:
        """Parse and validate."""
        text = fences.taken(given.response, self.place)
        if text is None:
            return of(False, "There is no fenced block.")
        try:
            value = json_text.read(text)
        except ValueError as error:
            return of(False, f"Not JSON: {error}.")
        validator = _validator(json.dumps(self.schema_, sort_keys=True))
        try:
            found = [_said(error) for error, _ in zip(validator.iter_errors(value), range(MAX_ERRORS), strict=False)]
        except ValueError as error:
            return abstain(f"The schema could not be applied: {error}.")
        return of(not found, found[0] if found else "The schema describes it.", (), tuple(found[1:]))


def _said(error: Any) -> str:
    place = "".join(f"/{step}" for step in error.instance_path)
    return shortened(f"{place or 'The value'}: {error.message}", 300)


@functools.lru_cache(maxsize=200)
def _validator(schema: str) -> Any:
    """A validator that never fetches anything and whose patterns cost linear time."""
    options = jsonschema_rs.RegexOptions(size_limit=1_000_000, dfa_size_limit=1_000_000)
    return jsonschema_rs.validator_for(json.loads(schema), offline=True, pattern_options=options)

"""Check: the answer is one JSON value."""

from __future__ import annotations

import json
from typing import Literal, NoReturn

import pydantic

from domain.checks.result import CheckResult, Given, of


class JsonValid(pydantic.BaseModel):
    """The whole answer parses as JSON of RFC 8259."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    kind: Literal["json_valid"]

    def run(self, given: Given) -> CheckResult:
        """Parse and say where it fails."""
        try:
            json.loads(given.response, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            return of(False, f"Not JSON: {error}.")
        return of(True, "Valid JSON.")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")

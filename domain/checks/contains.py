"""Check: the answer contains a text."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

import pydantic

from domain.checks.result import CheckResult, Given, of


class Contains(pydantic.BaseModel):
    """The text stands in the answer, case aside, at least `count` times (once where not given)."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    kind: Literal["contains"]
    text: Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=20_000)]
    count: Annotated[int, pydantic.Field(strict=True, ge=1, le=1_000_000)] | None = None

    def run(self, given: Given) -> CheckResult:
        """Count the places, without overlap."""
        found = _folded(given.response).count(_folded(self.text))
        return of(found >= (self.count or 1), f"Found {found} times.")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()

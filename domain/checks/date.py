"""Check: a date that is looked for stands in the answer."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal, Self

import pydantic

from domain.checks import dates
from domain.checks.result import MAX_SPANS, CheckResult, Given, Span, of
from domain.checks.rule import About, Case, Rule

Day = Annotated[str, pydantic.StringConstraints(strict=True, pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Date(Rule):
    """A date of the answer is the one, or lies in the time, that is asked for."""

    ABOUT: ClassVar[About] = About(
        "date", "Date look-up", "Facts",
        "Dates such as 3 May 2024, May 3rd, 2024 or 2024-05-03. One of them, or each, has to lie between two days.",
        (
            Case({"kind": "date", "first": "2024-05-03", "last": "2024-05-03"}, "It was May 3rd, 2024.", "pass"),
            Case({"kind": "date", "first": "2024-01-01", "each": True}, "On 1 May 2024, or 1 May 2023.", "fail"),
        ),
        limits="Answers of up to 200,000 characters, dates in English or ISO 8601.", max_answer=200_000,
    )  # fmt: skip

    kind: Literal["date"]
    first: Day | None = pydantic.Field(None, title="From", description="As 2024-05-03. Left empty: no first day.")
    last: Day | None = pydantic.Field(None, title="To", description="The same day twice asks for that day.")
    each: bool = pydantic.Field(False, title="Each date", description="Else one of them is enough.")
    iso: bool = pydantic.Field(False, title="Only as 2024-05-03", description="Dates in words do not count.")

    @pydantic.model_validator(mode="after")
    def _has_days(self) -> Self:
        days = [dt.date.fromisoformat(day) for day in (self.first, self.last) if day]
        if not days:
            raise ValueError("It needs `first` or `last`.")
        if days != sorted(days):
            raise ValueError("`first` must not be after `last`.")
        return self

    def run(self, given: Given) -> CheckResult:
        """Compare the dates of the answer with the days."""
        found = [one for one in dates.dates(given.response) if one.is_iso or not self.iso]
        hits = [one for one in found if self._lies_between(one.date)]
        passed = bool(hits) and (not self.each or len(hits) == len(found))
        spans = tuple(Span(one.start, one.end) for one in (hits if passed else found)[:MAX_SPANS])
        return of(passed, f"{len(hits)} of {len(found)} dates lie between the days.", spans)

    def _lies_between(self, day: dt.date | None) -> bool:
        if day is None:
            return False
        said = day.isoformat()
        return (self.first is None or said >= self.first) and (self.last is None or said <= self.last)

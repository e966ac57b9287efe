"""Check: what the answer claims of the calendar is right."""

from __future__ import annotations

import calendar as calendars
import re
from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

from domain.checks import dates
from domain.checks.result import CheckResult, Given, Span, abstain, of
from domain.checks.rule import About, Case, Rule

MAX_CLAIMS = 100
_WEEKDAY = "|".join(dates.WEEKDAYS)
_AFTER = re.compile(
    r"\s*(?:,?\s*(?:\(|which\s+)?(?:is|was|will be|falls on|fell on|fell|falls)?\s*(?:on\s+)?(?:an?\s+)?|\s*\()"
    rf"({_WEEKDAY})\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"\b({_WEEKDAY}),?\s+(?:the\s+)?$", re.IGNORECASE)
_LEAP = re.compile(r"\b(\d{4})\s+(?:is|was|will be)\s+(not\s+)?an?\s+leap\s+year", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:and|to|until)\s+$", re.IGNORECASE)
_DAYS = re.compile(
    r"^[^.\n]{0,40}?\b(?:is|are|was|were|lie|lies|there are|=|:)\s+(?:exactly\s+)?"
    r"(\d{1,3}(?:,\d{3})*|\d{1,7})\s+days\b",
    re.IGNORECASE,
)
_DAYS_BEFORE = re.compile(r"\b(\d{1,3}(?:,\d{3})*|\d{1,7})\s+days\s+(?:from|between)\s+$", re.IGNORECASE)


class Claim(NamedTuple):
    """What was said, what is so, and where it stands; none is known where there is no such day."""

    said: str
    known: str | None
    span: Span

    @property
    def is_right(self) -> bool:
        """Whether it is as was said."""
        return self.known == self.said


class Calendar(Rule):
    """Weekdays, days between dates and leap years are right; without a claim the check abstains."""

    ABOUT: ClassVar[About] = About(
        "calendar", "Calendar claims", "Facts",
        "Weekdays of dates (3 May 2024 was a Friday), days between two dates, and leap years, by today's calendar. "
        "An answer that claims none of these gets no answer.",
        (
            Case({"kind": "calendar"}, "The visit on 3 May 2024 was a Friday.", "pass"),
            Case({"kind": "calendar"}, "Come on Monday, 2024-05-03.", "fail"),
            Case({"kind": "calendar"}, "Come next week.", "abstain"),
        ),
        limits=f"The first {MAX_CLAIMS} claims in answers of up to 200,000 characters, in English.", max_answer=200_000,
        abstains="Where the answer claims nothing about the calendar.",
    )  # fmt: skip

    kind: Literal["calendar"]

    def run(self, given: Given) -> CheckResult:
        """Look each claim up."""
        found = [claim for _, claim in zip(range(MAX_CLAIMS), claims(given.response), strict=False)]
        if not found:
            return abstain("There are no claims about the calendar.")
        wrong = [claim for claim in found if not claim.is_right]
        details = tuple(
            f"{given.response[claim.span.start : claim.span.end]}: "
            + (f"it is {claim.known}" if claim.known else "there is no such day")
            for claim in wrong[:20]
        )
        said = f"{len(found) - len(wrong)} of {len(found)} claims are right."
        return of(not wrong, said, tuple(claim.span for claim in wrong or found), details)


def claims(text: str) -> Iterator[Claim]:
    """Claims of weekdays and of days between dates, then of leap years."""
    found = list(dates.dates(text))
    for n, one in enumerate(found):
        yield from _weekday(text, one)
        if n + 1 < len(found):
            yield from _days(text, one, found[n + 1])
    for match in _LEAP.finditer(text):
        known = "a leap year" if calendars.isleap(int(match[1])) else "no leap year"
        yield Claim("no leap year" if match[2] else "a leap year", known, Span(*match.span()))


def _weekday(text: str, one: dates.Written) -> Iterator[Claim]:
    known = None if one.date is None else dates.WEEKDAYS[one.date.weekday()]
    before = _BEFORE.search(text[max(0, one.start - 20) : one.start])
    if before:
        start = one.start - (min(20, one.start) - before.start())
        yield Claim(before[1].lower(), known, Span(start, one.end))
        return
    after = _AFTER.match(text[one.end : one.end + 60])
    if after:
        yield Claim(after[1].lower(), known, Span(one.start, one.end + after.end()))


def _days(text: str, one: dates.Written, two: dates.Written) -> Iterator[Claim]:
    if not _BETWEEN.fullmatch(text[one.end : two.start]):
        return
    after = _DAYS.match(text[two.end : two.end + 100])
    before = _DAYS_BEFORE.search(text[max(0, one.start - 40) : one.start])
    said = after or before
    if said is None:
        return
    known = None if one.date is None or two.date is None else str(abs((two.date - one.date).days))
    start = one.start if after else one.start - (min(40, one.start) - said.start())
    end = two.end + after.end() if after else two.end
    yield Claim(said[1].replace(",", ""), known, Span(start, end))

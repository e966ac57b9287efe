"""Dates as people write them in English, and ISO dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
DATE = re.compile(
    rf"\b(?:(?P<iso_year>\d{{4}})-(?P<iso_month>\d{{2}})-(?P<iso_day>\d{{2}})"
    rf"|{_DAY.format('day_a')}\s+(?:of\s+)?{_MONTH.format('month_a')},?\s+(?P<year_a>\d{{4}})"
    rf"|{_MONTH.format('month_b')}\s+{_DAY.format('day_b')},?\s+(?P<year_b>\d{{4}}))\b",
    re.IGNORECASE,
)


class Written(NamedTuple):
    """A date that stands in a text; none where there is no such day."""

    date: dt.date | None
    text: str
    start: int
    end: int
    is_iso: bool


def dates(text: str) -> Iterator[Written]:
    """The dates of a text in their order."""
    for match in DATE.finditer(text):
        yield Written(_date(match), match[0], match.start(), match.end(), match["iso_year"] is not None)


def _date(match: re.Match[str]) -> dt.date | None:
    parts = match.groupdict()
    if parts["iso_year"]:
        year, month, day = (int(parts[f"iso_{name}"]) for name in ("year", "month", "day"))
    else:
        at = "a" if parts["year_a"] else "b"
        name = parts[f"month_{at}"].lower()[:3]
        month = next(n for n, whole in enumerate(MONTHS, 1) if whole.startswith(name))
        year, day = int(parts[f"year_{at}"]), int(parts[f"day_{at}"])
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None

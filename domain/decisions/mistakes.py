"""Errors marked in an answer with category and severity: MQM (Freitag et al. 2021, arXiv:2104.14478, tables 2 and 12).

The score is minus the points of all errors: 25 for a non-translation, 5 for a major one, 0.1 for a minor one of
punctuation, 1 for any other minor one, nothing for a neutral one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain import errors
from domain.decisions.passages import MOST_SPANS, read_spans
from domain.formats.mqm import published_weight

SEVERITIES = ("Major", "Minor", "Neutral")
CATEGORIES = (
    "Accuracy/Addition", "Accuracy/Omission", "Accuracy/Mistranslation", "Accuracy/Untranslated text",
    "Fluency/Punctuation", "Fluency/Spelling", "Fluency/Grammar", "Fluency/Register", "Fluency/Inconsistency",
    "Fluency/Character encoding",
    "Terminology/Inappropriate for context", "Terminology/Inconsistent use of terminology",
    "Style/Awkward",
    "Locale convention/Address format", "Locale convention/Currency format", "Locale convention/Date format",
    "Locale convention/Name format", "Locale convention/Telephone format", "Locale convention/Time format",
    "Other", "Source error", "Non-translation",
)  # fmt: skip
"""The published typology; a queue may have one of its own."""
MOST_NAME = 80


@dataclass(frozen=True)
class Mistake:
    """One error; one without a place is about the whole answer, as an omission is."""

    category: str
    severity: str
    start: int | None = None
    end: int | None = None
    text: str = ""

    @property
    def points(self) -> float:
        """What it costs."""
        return 0.0 if self.severity == "Neutral" else published_weight(self.category, self.severity)


def read_mistakes(text: str, given: Mapping[str, Any], categories: Sequence[str] = CATEGORIES) -> list[Mistake]:
    """The errors in an answer, at most 50, in the order of their places; raises `Invalid`.

    Each is `{category, severity}` with `start` and `end`, or without both. An empty list says that there is no error.
    """
    rows = given.get("errors")
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise errors.Invalid("The errors are a list, empty where there is none.", code="errors_invalid")
    if len(rows) > MOST_SPANS:
        raise errors.Invalid(f"At most {MOST_SPANS} errors can be marked.", code="errors_invalid")
    return sorted((_mistake(text, row, categories) for row in rows), key=lambda one: (one.start or 0, one.end or 0))


def score(mistakes: Iterable[Mistake]) -> float:
    """Minus the points of all errors; 0 where there is none. There is no lower end."""
    return -round(sum(one.points for one in mistakes), 6) or 0.0


def distance(first: Iterable[Mistake], second: Iterable[Mistake]) -> float:
    """How little two people's errors overlap, 0 to 1: one less Dice over characters, weighed by points [ours].

    A character counts with the most points of the errors on it, an error without a place as one character of its
    category. Two people who find no error are at 0, one who does and one who does not at 1.
    """
    one, other = _heat(first), _heat(second)
    total = sum(one.values()) + sum(other.values())
    if not total:
        return 0.0
    shared = sum(min(one[place], other[place]) for place in one.keys() & other.keys())
    return 1 - 2 * shared / total


def _mistake(text: str, row: Any, categories: Sequence[str]) -> Mistake:
    if not isinstance(row, Mapping) or row.get("category") not in categories:
        raise errors.Invalid("An error needs a category that is on offer.", code="category_unknown")
    if row.get("severity") not in SEVERITIES:
        raise errors.Invalid(f"The severity of an error is one of {', '.join(SEVERITIES)}.", code="severity_unknown")
    if row.get("start") is None and row.get("end") is None:
        return Mistake(row["category"], row["severity"])
    [span] = read_spans(text, [row])
    return Mistake(row["category"], row["severity"], span["start"], span["end"], span["text"])


def _heat(mistakes: Iterable[Mistake]) -> dict[int | str, float]:
    found: dict[int | str, float] = {}
    for one in mistakes:
        places: Iterable[int | str] = (
            [one.category] if one.start is None or one.end is None else range(one.start, one.end)
        )
        for place in places:
            found[place] = max(found.get(place, 0.0), one.points or 0.1)
    return found

"""Where the words that a principle rests on stand: in the comment, or in the answer that it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from domain import verdicts

LEAST_SIMILAR = 60.0
"""RLBFF (arXiv:2509.21319) keeps what is more than 60 alike by RapidFuzz's partial ratio."""


class Source(StrEnum):
    """Which text was quoted."""

    COMMENT = "comment"
    ANSWER = "answer"


class Place(NamedTuple):
    """A quoted passage: which text, from where to where in it, and how alike it is to the quote, 0 to 100."""

    source: Source
    start: int
    end: int
    similarity: float


def find_place(quote: str, comment: str, answer: str = "", *, over: float = LEAST_SIMILAR) -> Place | None:
    """The passage most like a quote, the comment's where both are as alike; None where nothing is `over` so much alike.

    Spacing, case and typographic marks do not count.
    """
    found = [
        Place(source, span.start, span.end, similarity)
        for source, text in ((Source.COMMENT, comment), (Source.ANSWER, answer))
        if (near := verdicts.nearest_passage(quote, text, over=over)) is not None
        for span, similarity in [near]
    ]
    return max(found, key=lambda one: one.similarity, default=None)

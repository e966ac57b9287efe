"""What to do with answers longer than a judge can read: refuse, leave the middle out, or judge pieces and merge.

Only answers are ever cut, never the task, the reference, the rubric or a criterion; a verdict on a cut one says so.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from domain.rubric import Criterion, Kind
from domain.verdicts import Span, Status, Verdict, unscored

MARKER = "\n[The middle of this answer was left out.]\n"
LEAST = 64
"""Fewer tokens of an answer than these are not worth judging."""
HIGHEST = frozenset({Kind.BINARY, Kind.NUGGET, Kind.ANSWER})
"""Kinds of criteria that are true of an answer if they are true of a piece of it; the others are averaged."""

Count = Callable[[str], int]


class Policy(enum.StrEnum):
    """What to do with an answer that is too long."""

    REFUSE = "refuse"
    MIDDLE_CUT = "middle_cut"
    CHUNK_MERGE = "chunk_merge"


class Middle(NamedTuple):
    """How many tokens are kept at the head and at the tail of a text."""

    head: int
    tail: int


class Piece(NamedTuple):
    """Part of a text as the judge reads it, and where each of its stretches stands in the whole.

    `stretches` are (start in the piece, end in the piece, start in the whole), in characters.
    """

    text: str
    stretches: tuple[tuple[int, int, int], ...]

    def placed(self, span: Span) -> Span | None:
        """A quote's place in the whole text; None where it runs over what was left out."""
        for start, end, there in self.stretches:
            if start <= span.start and span.end <= end:
                return Span(span.start - start + there, span.end - start + there, span.text)
        return None


def middle(budget: int, marker: int) -> Middle:
    """Half of the budget for the head, the rest for the tail, less the tokens of the marker between them."""
    head = budget // 2
    return Middle(head, max(0, budget - head - marker))


def shares(sizes: Sequence[int], budget: int) -> list[int]:
    """How many tokens each answer may keep: short ones all of theirs, the long ones what is left in equal parts."""
    kept = [0] * len(sizes)
    left = budget
    order = sorted(range(len(sizes)), key=lambda place: sizes[place])
    for number, place in enumerate(order):
        kept[place] = min(sizes[place], left // (len(order) - number))
        left -= kept[place]
    return kept


def cut(text: str, budget: int, count: Count) -> Piece:
    """The text within a budget of tokens: its head, a marker, its tail; whole where it fits."""
    if count(text) <= budget:
        return Piece(text, ((0, len(text), 0),))
    keep = middle(budget, count(MARKER))
    head = _longest(text, keep.head, count)
    tail = _longest(text[::-1], keep.tail, lambda part: count(part[::-1]))
    start = len(text) - tail
    after = head + len(MARKER)
    return Piece(text[:head] + MARKER + text[start:], ((0, head, 0), (after, after + tail, start)))


def pieces(text: str, budget: int, count: Count) -> list[Piece]:
    """The text in consecutive pieces within a budget of tokens each, broken at white space where there is some."""
    found: list[Piece] = []
    start = 0
    while start < len(text):
        rest = text[start:]
        size = max(1, _longest(rest, budget, count))
        if size < len(rest):
            size = _last_gap(rest, size)
        found.append(Piece(rest[:size], ((0, size, start),)))
        start += size
    return found


def merge(criterion: Criterion, found: Sequence[Verdict]) -> tuple[Verdict, int]:
    """One verdict of those on the pieces, in order, and the number of the piece that it was read from.

    The highest value counts for criteria that are true of the whole if they are of a piece, else the mean. A piece
    without a verdict leaves the whole unscored: nobody knows what it held. Pieces to which the criterion does not apply
    are left out.
    """
    for number, verdict in enumerate(found):
        if verdict.status not in (Status.OK, Status.NOT_APPLICABLE):
            reason = f"Piece {number + 1} of {len(found)}: {verdict.reason}"
            return unscored(criterion.id, verdict.status, reason[:300], label_mass=verdict.label_mass), number
    scored = [(number, verdict) for number, verdict in enumerate(found) if verdict.is_scored]
    if not scored:
        return found[0], 0
    number, highest = max(scored, key=lambda each: (each[1].value or 0.0, -each[0]))
    if criterion.kind in HIGHEST:
        return highest, number
    values = [verdict.value or 0.0 for _, verdict in scored]
    merged = dataclasses.replace(
        highest,
        value=math.fsum(values) / len(values),
        probability=_mean([verdict.probability for _, verdict in scored]),
        label_mass=min((v.label_mass for _, v in scored if v.label_mass is not None), default=None),
        distribution=(),
        evidence=tuple(span for _, verdict in scored for span in verdict.evidence),
        rationale="\n".join(verdict.rationale for _, verdict in scored if verdict.rationale),
        detail={},
    )
    return merged, number


def placed(verdict: Verdict, piece: Piece) -> Verdict:
    """A verdict on a piece with its quotes where they stand in the whole."""
    spans = tuple(span for span in map(piece.placed, verdict.evidence) if span is not None)
    return dataclasses.replace(verdict, evidence=spans)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known and len(known) == len(values) else None


def _longest(text: str, budget: int, count: Count) -> int:
    """The most characters from the start that are within a budget of tokens."""
    low, high = 0, len(text)
    while low < high:
        guess = (low + high + 1) // 2
        if count(text[:guess]) <= budget:
            low = guess
        else:
            high = guess - 1
    return low


def _last_gap(text: str, size: int) -> int:
    """Where to break within the first characters: after their last white space, unless that is in the first half."""
    for place in range(size, size // 2, -1):
        if text[place - 1].isspace():
            return place
    return size

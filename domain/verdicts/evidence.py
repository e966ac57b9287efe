"""Where in an answer a quote stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import rapidfuzz.fuzz

from domain.verdicts.models import Span

MIN_FUZZY_LENGTH = 12
MAX_QUOTE_LENGTH = 2_000
MIN_SIMILARITY = 90.0
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "."})


def find_evidence(quote: str, text: str) -> Span | None:
    """The piece of the text that a quote means: exact, then spacing and case aside, then nearly the same."""
    wanted = quote.strip()
    if not any(map(str.isalnum, wanted)) or len(wanted) > MAX_QUOTE_LENGTH:
        return None
    start = text.find(wanted)
    if start >= 0:
        return Span(start, start + len(wanted), wanted)
    return _loose(wanted, text)


def nearest_passage(quote: str, text: str, *, over: float) -> tuple[Span, float] | None:
    """The passage most like a quote and how alike it is, 0 to 100 by RapidFuzz's partial ratio; None where not over.

    Spacing, case and typographic marks do not count; of a quote longer than the text the text is the passage.
    """
    wanted = quote.strip()[:MAX_QUOTE_LENGTH]
    if not any(map(str.isalnum, wanted)):
        return None
    folded, pairs = _both(wanted, text)
    plain = "".join(character for character, _ in pairs)
    found = rapidfuzz.fuzz.partial_ratio_alignment(folded, plain, score_cutoff=over)
    if found is None or found.score <= over:
        return None
    start, end = _whole_words(plain, found.dest_start, found.dest_end)
    span = _span(text, pairs, start, end)
    return None if span is None else (span, float(found.score))


def _loose(quote: str, text: str) -> Span | None:
    folded, pairs = _both(quote, text)
    return _span(text, pairs, *_place(folded, "".join(character for character, _ in pairs)))


def _both(quote: str, text: str) -> tuple[str, list[tuple[str, int]]]:
    return "".join(character for character, _ in _folded(quote)), list(_folded(text))


def _span(text: str, pairs: Sequence[tuple[str, int]], start: int, end: int) -> Span | None:
    if end <= start:
        return None
    first, last = pairs[start][1], pairs[end - 1][1] + 1
    return Span(first, last, text[first:last])


def _place(quote: str, text: str) -> tuple[int, int]:
    start = text.find(quote)
    if start >= 0:
        return start, start + len(quote)
    if not MIN_FUZZY_LENGTH <= len(quote) <= len(text):
        return 0, 0
    found = rapidfuzz.fuzz.partial_ratio_alignment(quote, text, score_cutoff=MIN_SIMILARITY)
    return _whole_words(text, found.dest_start, found.dest_end) if found else (0, 0)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while 0 < start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _folded(text: str) -> Iterator[tuple[str, int]]:
    """Characters without case, runs of white space as one space, each with its place in the text."""
    spaced = True
    for place, character in enumerate(text):
        if character.isspace():
            if not spaced:
                yield " ", place
            spaced = True
            continue
        spaced = False
        for folded in character.translate(_PLAIN).casefold():
            yield folded, place

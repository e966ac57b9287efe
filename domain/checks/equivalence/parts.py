"""Answers in several labelled parts: a) 3 b) 5 · (i) … (ii) … · 1. … 2. …"""

from __future__ import annotations

import re
from typing import Final

from domain.checks.equivalence import limits

_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_LABEL: Final = re.compile(
    r"(?:^|(?<=[\s,;]))(?:\*\*)?(?:part\s+)?(?:\((?P<round>[a-jA-J]|[ivx]{1,4}|\d{1,2})\)|(?P<half>[a-jA-J]|[ivx]{1,4}|\d{1,2})[):]"
    r"|(?P<dot>[a-j]|\d{1,2})\.(?!\d))(?:\*\*)?:?\s*",
    re.IGNORECASE,
)


def split(text: str) -> dict[str, str]:
    """Label → text of the part, where labels run a, b, c… or i, ii… or 1, 2…; else nothing.

    Where the labels run several times, as in working followed by a summary, the last run is meant.
    """
    spots = list(_LABEL.finditer(text))
    if len(spots) < 2:
        return {}
    labels = [(spot["round"] or spot["half"] or spot["dot"]).casefold() for spot in spots]
    for series in (tuple("abcdefghij"), _ROMAN, tuple(str(n) for n in range(1, limits.PARTS))):
        starts = [n for n, label in enumerate(labels) if label == series[0]]
        for start in reversed(starts):
            length = _run(labels[start:], series)
            if length >= 2:
                return _texts(text, spots[start : start + length], series, _after(spots, start + length, text))
    return {}


def _run(labels: list[str], series: tuple[str, ...]) -> int:
    length = 0
    for label, wanted in zip(labels, series, strict=False):
        if label != wanted:
            break
        length += 1
    return length


def _after(spots: list[re.Match[str]], place: int, text: str) -> int:
    return spots[place].start() if place < len(spots) else len(text)


def _texts(text: str, spots: list[re.Match[str]], series: tuple[str, ...], end: int) -> dict[str, str]:
    ends = [spot.start() for spot in spots[1:]] + [end]
    return {
        label: text[spot.end() : stop].strip().strip(",;").strip()
        for label, spot, stop in zip(series, spots, ends, strict=False)
    }

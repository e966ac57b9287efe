"""Fenced code blocks of a Markdown text."""

from __future__ import annotations

import re
from typing import NamedTuple

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")


class Fence(NamedTuple):
    """A fenced block: its language, what is in it, and from which to which line it goes, end excluded."""

    language: str
    content: str
    first: int
    last: int
    is_closed: bool


def fences(text: str) -> list[Fence]:
    """The fenced blocks in their order; one that is never closed goes to the end."""
    lines = text.split("\n")
    found: list[Fence] = []
    n = 0
    while n < len(lines):
        opening = _FENCE.fullmatch(lines[n])
        if opening is None:
            n += 1
            continue
        end = _closing(lines, n + 1, opening[1])
        content = "\n".join(lines[n + 1 : end])
        found.append(Fence(opening[2].lower(), content, n, min(end + 1, len(lines)), end < len(lines)))
        n = end + 1
    return found


def _closing(lines: list[str], start: int, mark: str) -> int:
    for n in range(start, len(lines)):
        bare = lines[n].strip()
        if len(bare) >= len(mark) and bare == mark[0] * len(bare):
            return n
    return len(lines)


def taken(text: str, place: str) -> str | None:
    """The whole text, or what stands in its first fenced block; none where there is no block."""
    if place == "whole":
        return text.strip()
    blocks = fences(text)
    if place == "fence":
        return blocks[0].content if blocks else None
    return blocks[0].content if blocks else text.strip()

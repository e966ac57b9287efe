"""Code that an answer holds between fences, read as CommonMark does."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

_OPEN = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")


class Block(NamedTuple):
    """One fenced block: the first word after its fence, in small letters, and what is in it."""

    language: str
    code: str


class Choice(enum.StrEnum):
    """Which of several blocks is meant."""

    LONGEST = "longest"
    FIRST = "first"
    LAST = "last"
    ALL = "all"


def blocks(text: str) -> list[Block]:
    """The fenced blocks in order; one that is never closed goes on to the end, as CommonMark has it."""
    found: list[Block] = []
    fence, language = "", ""
    inside: list[str] = []
    for line in text.splitlines():
        if not fence:
            opened = _OPEN.fullmatch(line)
            if opened and (opened[1][0] == "~" or "`" not in line[opened.end(1) :]):
                fence, language, inside = opened[1], opened[2].lower(), []
        elif _closes(line, fence):
            found.append(Block(language, "\n".join(inside)))
            fence = ""
        else:
            inside.append(line)
    if fence:
        found.append(Block(language, "\n".join(inside)))
    return found


def chosen(found: list[Block], languages: frozenset[str], choice: Choice) -> str | None:
    """The code of the blocks in one of the languages, or else of those that name none."""
    fitting = [block.code for block in found if block.language in languages]
    fitting = fitting or [block.code for block in found if not block.language]
    if not fitting:
        return None
    if choice is Choice.ALL:
        return "\n\n".join(fitting)
    if choice is Choice.LONGEST:
        return max(fitting, key=len)
    return fitting[0] if choice is Choice.FIRST else fitting[-1]


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip(" \t")
    indent = len(line) - len(line.lstrip(" "))
    return indent <= 3 and len(stripped) >= len(fence) and not stripped.strip(fence[0])

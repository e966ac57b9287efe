"""What holds for every writer of criteria: the meta-rubric that governs it, and what people turned down before."""

from __future__ import annotations

from collections.abc import Sequence

from domain.ports import Part
from domain.prompts import texts

PROMPT = "governing"
MOST_TURNED_DOWN = 20


def governed(meta: str, turned_down: Sequence[tuple[str, str]] = ()) -> tuple[Part, ...]:
    """Both, as far as there are any, to stand at the end of a shared prompt; nobody's words are trusted.

    Of criteria that were turned down, each with its reason, the last twenty are told.
    """
    sections = texts.load(PROMPT).sections
    parts: tuple[Part, ...] = ()
    if meta.strip():
        parts += texts.fill(sections["meta"], {"meta": [Part(meta.strip(), trusted=False)]})
    if turned_down:
        listed = [part for one in turned_down[-MOST_TURNED_DOWN:] for part in _line(*one)]
        parts += texts.fill(sections["turned_down"], {"criteria": listed})
    return parts


def _line(criterion: str, reason: str) -> list[Part]:
    why = [Part(" Why: "), Part(" ".join(reason.split())[:300], trusted=False)] if reason.strip() else []
    return [Part("\n- "), Part(" ".join(criterion.split())[:300], trusted=False), *why]

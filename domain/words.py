"""What counts as a word, how hard a text is to read, and how a share is written in a sentence."""

from __future__ import annotations

import functools
import re

_LETTERS = re.compile(r"[^\W\d_]+")
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """The number of pieces that hold a letter or a digit; scripts without spaces count by character."""
    apart = _WITHOUT_SPACES.sub(r" \g<0> ", text)
    return sum(any(map(str.isalnum, piece)) for piece in apart.split())


BYTES_A_TOKEN = 3
"""An estimate on the safe side, for lengths in tokens that no engine counted."""


def sizes(text: str) -> dict[str, float]:
    """How long a text is in words, characters and tokens; tokens are estimated as a third of the bytes."""
    return {
        "words": float(count_words(text)),
        "characters": float(len(text)),
        "tokens": float(-(-len(text.encode()) // BYTES_A_TOKEN)),
    }


def percent(share: float, digits: int = 0) -> str:
    """A share in percent with a space that does not break, without trailing zeros: 15 %, 9.8 %."""
    said = f"{100 * share:.{digits}f}"
    return f"{said.rstrip('0').rstrip('.') if digits else said}\u00a0%"


@functools.lru_cache(maxsize=20_000)
def grade(text: str) -> float:
    """School years needed to read an English text, 0 without a word (Kincaid, Fishburne, Rogers and Chissom 1975)."""
    found = _LETTERS.findall(text)
    sentences = max(1, len(re.findall(r"[.!?;:]+(?:\s|$)", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))) for word in found)
    return 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59 if found else 0.0

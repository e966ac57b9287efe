"""What counts as a word, and how a share is written in a sentence."""

from __future__ import annotations

import re

_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """The number of pieces that hold a letter or a digit; scripts without spaces count by character."""
    apart = _WITHOUT_SPACES.sub(r" \g<0> ", text)
    return sum(any(map(str.isalnum, piece)) for piece in apart.split())


def percent(share: float, digits: int = 0) -> str:
    """A share in percent with a space that does not break, without trailing zeros: 15 %, 9.8 %."""
    said = f"{100 * share:.{digits}f}"
    return f"{said.rstrip('0').rstrip('.') if digits else said}\u00a0%"

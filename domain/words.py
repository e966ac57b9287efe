"""What counts as a word."""

from __future__ import annotations

import re

_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """The number of pieces that hold a letter or a digit; scripts without spaces count by character."""
    apart = _WITHOUT_SPACES.sub(r" \g<0> ", text)
    return sum(any(map(str.isalnum, piece)) for piece in apart.split())

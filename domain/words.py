"""What counts as a word."""

from __future__ import annotations


def count_words(text: str) -> int:
    """The number of pieces between white space that hold a letter or a digit."""
    return sum(any(map(str.isalnum, piece)) for piece in text.split())

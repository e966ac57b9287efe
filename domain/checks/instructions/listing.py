"""Lists of words as they stand in the code."""

from __future__ import annotations


def listed(words: str) -> list[str]:
    """The words of a text in their order."""
    return words.split()

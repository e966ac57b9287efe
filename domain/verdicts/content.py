"""Answers with nothing in them, which are scored by rule and shown to no judge."""

from __future__ import annotations

from domain import words
from domain.rubric import Rubric


def content_gate(rubric: Rubric, response_text: str) -> str | None:
    """Why an answer is degenerate, or None where it is to be judged; zero words asked for turns this off."""
    needed = rubric.content_gate.min_words
    if needed == 0:
        return None
    if not response_text.strip():
        return "The answer is empty."
    count = words.count_words(response_text)
    if count == 0:
        return "The answer has no words."
    if count < needed:
        return f"The answer has {count} words, fewer than {needed}."
    return None

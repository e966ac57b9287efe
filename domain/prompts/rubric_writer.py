"""Builds what a writer of rubrics reads, and a rubric as it would write it."""

from __future__ import annotations

from domain import subjects
from domain.ports import Part, text_of
from domain.prompts import texts
from domain.rubric import Rubric

NAME = "rubric_writer"


def ask(messages: subjects.Messages) -> str:
    """The request for the rubric of a prompt, its turns one under the other."""
    task = "\n\n".join(subjects.text_of(turn["parts"]) for turn in messages)
    return _filled("ask", {"task": [Part(task, trusted=False)]})


def answer(rubric: Rubric) -> str:
    """The criteria as numbered lines; pitfalls say that they must not be so. Weights are left out, as judges never see
    them.
    """
    lines = [
        f"{n}. {'Must not: ' if one.is_pitfall else ''}{' '.join(one.text.split())}"
        for n, one in enumerate(rubric.criteria, start=1)
    ]
    return _filled("answer", {"criteria": [Part("\n".join(lines), trusted=False)]})


def _filled(section: str, filling: dict[str, list[Part]]) -> str:
    return text_of(texts.fill(texts.load(NAME).sections[section], filling))

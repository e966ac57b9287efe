"""What is asked to learn a judge's own margin between two answers: with criteria at hand, or with none."""

from __future__ import annotations

from collections.abc import Sequence

from domain.ports import Part
from domain.prompts import texts
from domain.prompts.material import Material
from domain.rubric import Criterion

PROMPT = "margins"
LABELS = (" A", " B")


def margin_shared(material: Material) -> tuple[Part, ...]:
    """The task and both answers; raises Invalid where one of them holds more than text."""
    places = material.shared()
    wanted = {name: places[name] for name in ("token", "task", "answers")}
    return texts.fill(texts.load(PROMPT).sections["shared"], wanted)


def margin_suffix(criteria: Sequence[Criterion], token: str) -> tuple[Part, ...]:
    """The question, behind the criteria that are to be heeded; they are fenced, for a model may have written them."""
    listed = "\n".join(f"- {_said(one)}" for one in criteria)
    places = {"title": [Part("Judge by these criteria")], "token": [Part(token)], "text": [Part(listed, trusted=False)]}
    fenced = [*texts.fill(texts.question("beside"), places), Part("\n\n")] if criteria else []
    return texts.fill(texts.load(PROMPT).sections["suffix"], {"criteria": fenced})


def _said(criterion: Criterion) -> str:
    text = " ".join(criterion.text.split())
    return f"{text} (speaks against an answer)" if criterion.is_pitfall else text

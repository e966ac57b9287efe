"""What is asked of a model that edits one property of an answer, or only its wording."""

from __future__ import annotations

from domain.ports import Part
from domain.prompts import texts
from domain.prompts.material import Material, fence

PROMPT = "causal"


def causal_shared(material: Material) -> tuple[Part, ...]:
    """The task and the answer; raises Invalid where it holds more than text."""
    places = material.shared()
    wanted = {name: places[name] for name in ("token", "task", "response")}
    return texts.fill(texts.load(PROMPT).sections["shared"], wanted)


def causal_suffix(material: Material, kind: str, criterion: str) -> tuple[Part, ...]:
    """What to change; the criterion is fenced, for a model may have written it."""
    section = texts.load(PROMPT).sections[kind]
    if kind == "neutral":
        return texts.fill(section, {})
    token = fence(material.fence_secret, material.subject_hash)
    places = {"title": [Part("Criterion")], "token": [Part(token)], "text": [Part(criterion, trusted=False)]}
    return texts.fill(section, {"criterion": [*texts.fill(texts.question("beside"), places), Part("\n\n")]})

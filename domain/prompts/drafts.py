"""What is asked to draft criteria from pairs: to write them, knowing which answer is better, and to check them without.

The request that checks is built of the task, the answers and the criterion alone, so the label cannot be in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.ports import Part
from domain.prompts import texts
from domain.prompts.material import NAMES, Material

PROMPT = "drafts"
LABELS = (" P", " R", " T")
"""More true of Answer A, equally, more true of Answer B."""


def write_shared(material: Material) -> tuple[Part, ...]:
    """The task and both answers; raises Invalid where one of them holds more than text."""
    return _shared("write", material)


def write_suffix(better: int, most: int) -> tuple[Part, ...]:
    """Which answer is better, by its place, and what is asked."""
    places: dict[str, Sequence[Part]] = {"better": [Part(NAMES[better])], "most": [Part(str(most))]}
    return texts.fill(texts.load(PROMPT).sections["write_suffix"], places)


def check_shared(material: Material) -> tuple[Part, ...]:
    """The task and both answers, without a word on which is better."""
    return _shared("check", material)


def check_suffix(criterion: str, token: str) -> tuple[Part, ...]:
    """One criterion, fenced, for a model wrote it."""
    fenced = texts.fill(
        texts.question("beside"),
        {"title": [Part("Criterion")], "token": [Part(token)], "text": [Part(criterion, trusted=False)]},
    )
    return texts.fill(texts.load(PROMPT).sections["check_suffix"], {"criterion": [*fenced, Part("\n\n")]})


def _shared(section: str, material: Material) -> tuple[Part, ...]:
    places = material.shared()
    wanted = {name: places[name] for name in ("token", "task", "answers")}
    return texts.fill(texts.load(PROMPT).sections[section], wanted)

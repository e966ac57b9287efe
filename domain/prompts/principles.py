"""What is asked about a comment: which principles it names, with the words that each rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.ports import Part
from domain.prompts import texts
from domain.prompts.material import Material

PROMPT = "principles"


class Remark(NamedTuple):
    """A comment, and the criterion or question that it was written to; empty where it was written to none."""

    text: str
    about: str = ""


def principles_shared(material: Material | None, token: str) -> tuple[Part, ...]:
    """The task and what was answered, which all comments on it share; without material that of a discussion.

    Raises Invalid where the task or an answer holds more than text.
    """
    sections = texts.load(PROMPT).sections
    if material is None:
        return texts.fill(sections["discussion"], {"token": [Part(token)]})
    places = material.shared()
    response = places["response"] or ()
    told = material.beside("Answer", response[0].text) if response else (*places["answers"], Part("\n\n"))
    return texts.fill(
        sections["answer"], {"token": places["token"], "task": places["task"], "response": told}
    )  # fmt: skip


def principles_suffix(remark: Remark, token: str, most: int, *, answered: bool) -> tuple[Part, ...]:
    """One comment between fences, what it was written to, and what is asked of it."""
    places: dict[str, Sequence[Part]] = {
        "about": _fenced("What the writer was asked", remark.about, token) if remark.about else [],
        "comment": _fenced("Comment", remark.text, token),
        "most": [Part(str(most))],
        "places": [Part(" or of the answer")] if answered else [],
    }
    return texts.fill(texts.load(PROMPT).sections["suffix"], places)


def _fenced(title: str, text: str, token: str) -> list[Part]:
    filling = {"title": [Part(title)], "token": [Part(token)], "text": [Part(text, trusted=False)]}
    return [*texts.fill(texts.question("beside"), filling), Part("\n\n")]

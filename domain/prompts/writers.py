"""What is asked of those who write criteria, and the small questions by which what they wrote is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.ports import Part
from domain.prompts import texts
from domain.prompts.governing import governed

PROMPT = "writers"
YES, NO = " Yes", " No"
Block = tuple[str, str]
"""A title and the text under it, which is fenced."""


def writer_shared(
    token: str, blocks: Sequence[Block], *, meta: str = "", turned_down: Sequence[tuple[str, str]] = ()
) -> tuple[Part, ...]:
    """The material, then the rules that govern the writing and what people turned down before."""
    filling = {"token": [Part(token)], "material": fenced(blocks, token)}
    return (*texts.fill(texts.load(PROMPT).sections["frame"], filling), *governed(meta, turned_down))


def writer_suffix(section: str, places: Mapping[str, str], keys: Sequence[str] = ()) -> tuple[Part, ...]:
    """What is to be written; the places hold our own words and numbers, `keys` are those of each entry of a list.

    No example is shown: a small model would copy it.
    """
    sections = texts.load(PROMPT).sections
    named = [Part(", ".join(f'"{key}"' for key in keys))]
    own = {"what": [Part(sections["criterion"])], "reply": texts.fill(sections["reply"], {"keys": named})}
    return texts.fill(sections[section], {**own, **{name: [Part(text)] for name, text in places.items()}})


def yes_shared(token: str, blocks: Sequence[Block]) -> tuple[Part, ...]:
    """The material of a question that is answered with yes or no."""
    return texts.fill(
        texts.load(PROMPT).sections["check"], {"token": [Part(token)], "material": fenced(blocks, token)}
    )  # fmt: skip


def yes_suffix(section: str, token: str, criterion: str = "") -> tuple[Part, ...]:
    """A question that is answered with yes or no, about a criterion where one is given."""
    about = fenced([("Criterion", criterion)], token) if criterion else []
    return texts.fill(texts.load(PROMPT).sections[section], {"criterion": [*about, *([Part("\n\n")] if about else [])]})


def fenced(blocks: Sequence[Block], token: str) -> list[Part]:
    """Each text between fences, under its title."""
    found: list[Part] = []
    for n, (title, text) in enumerate(blocks):
        filling = {"title": [Part(title)], "token": [Part(token)], "text": [Part(text, trusted=False)]}
        found += [*([Part("\n\n")] if n else []), *texts.fill(texts.question("beside"), filling)]
    return found

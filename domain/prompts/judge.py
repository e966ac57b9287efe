"""Builds what a judge reads: the shared part with the answers first, one criterion last."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from domain.ports import DEFAULT_LEAD, Part
from domain.prompts import material, texts
from domain.prompts.material import Material
from domain.rubric import PROTOCOLS, Criterion

__all__ = ["PROTOCOLS", "Rendered", "lead_after", "render"]


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """One shared part, one suffix a criterion, and the prompt's name and digest."""

    shared: tuple[Part, ...]
    suffixes: tuple[tuple[Part, ...], ...]
    name: str
    version: int
    digest: str


def render(
    name: str, shown: Material, criteria: Sequence[Criterion], *, section: str = "shared", solution: Sequence[Part] = ()
) -> Rendered:
    """The prompt of a file for some criteria of a rubric on one subject; `section` is its shared part.

    `solution` fills the place of that name.

    The judge's own turn begins with `Answer:` where one token is read from it.
    """
    text = texts.load(name)
    places = {criterion.id: n for n, criterion in enumerate(shown.rubric.criteria, start=1)}
    return Rendered(
        shared=texts.fill(text.sections[section], {**shown.shared(), "solution": solution}),
        suffixes=tuple(texts.fill(text.sections["suffix"], material.of_criterion(c, places[c.id])) for c in criteria),
        name=name,
        version=text.version,
        digest=texts.prompt_digest(name),
    )


def lead_after(reasoning: str) -> str:
    """What the judge's turn holds before its one token when it has reasoned first."""
    kept = reasoning.split(DEFAULT_LEAD, maxsplit=1)[0].strip()
    return f"{kept}\n{DEFAULT_LEAD}" if kept else DEFAULT_LEAD

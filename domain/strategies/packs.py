"""Several criteria in one question: how they are numbered and put one under the other."""

from __future__ import annotations

from collections.abc import Sequence

from domain import prompts
from domain.ports import Part
from domain.rubric import Criterion

Pack = tuple[Criterion, ...]


def packed(criteria: Sequence[Criterion], size: int) -> list[Pack]:
    """The criteria in their order, at most `size` together, of as equal numbers as that allows."""
    count = -(-len(criteria) // size)
    least, more = divmod(len(criteria), count) if count else (0, 0)
    packs, start = [], 0
    for n in range(count):
        end = start + least + (n < more)
        packs.append(tuple(criteria[start:end]))
        start = end
    return packs


def items(prompt: str, pack: Pack) -> list[Part]:
    """The criteria of a pack by the `item` section of a prompt file, numbered from 1."""
    item = prompts.load(prompt).sections["item"]
    return [part for n, each in enumerate(pack, start=1) for part in prompts.fill(item, prompts.of_criterion(each, n))]

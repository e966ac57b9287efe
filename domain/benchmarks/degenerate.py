"""Rows of a benchmark that measure nothing: empty, repeated, or right and wrong at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SHOWN = 5


class Row(NamedTuple):
    """One answer: its prompt and id, hashes of both texts, its length, and whether it is right where that is known.

    `elsewhere` says that the text is not in the data set, so nothing can be said of it.
    """

    prompt: str
    answer: str
    prompt_hash: str
    answer_hash: str
    length: int
    right: bool | None
    elsewhere: bool = False


class Fault(NamedTuple):
    """A kind of rows with how many there are and the first of them."""

    name: str
    title: str
    rows: int
    first: tuple[str, ...]


TITLES = {
    "empty": "answers are empty",
    "repeated_prompt": "prompts have the text of another one",
    "same": "prompts have a right answer that says what a wrong one says",
    "repeated_answer": "prompts have the same answer more than once",
    "one_sided": "prompts lack a right or a wrong answer",
    "elsewhere": "answers are not in the data set, only named",
}


def faults(rows: Iterable[Row]) -> list[Fault]:
    """Every kind of degenerate row that there is; nothing is left out of the scores for it."""
    by_prompt: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_prompt[row.prompt].append(row)
    found: dict[str, list[str]] = {name: [] for name in TITLES}
    seen: set[str] = set()
    for prompt, held in by_prompt.items():
        texts = [row for row in held if not row.elsewhere]
        found["elsewhere"] += [row.answer for row in held if row.elsewhere]
        found["empty"] += [row.answer for row in texts if not row.length]
        if held[0].prompt_hash in seen:
            found["repeated_prompt"].append(prompt)
        seen.add(held[0].prompt_hash)
        hashes = [row.answer_hash for row in texts]
        right, wrong = ({row.answer_hash for row in texts if row.right is side} for side in (True, False))
        if right & wrong:
            found["same"].append(prompt)
        elif len(set(hashes)) < len(hashes):
            found["repeated_answer"].append(prompt)
        sides = {row.right for row in held}
        if not {True, False} <= sides:
            found["one_sided"].append(prompt)
    return [_fault(name, names) for name, names in found.items() if names]


def _fault(name: str, names: Sequence[str]) -> Fault:
    return Fault(name, TITLES[name], len(names), tuple(names[:SHOWN]))

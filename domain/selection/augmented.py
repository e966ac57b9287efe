"""Pairs that teach what must not matter: answers under a foreign prompt, and edits of manner that leave the matter."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar

from domain import errors

Key = TypeVar("Key", bound=Hashable)
OPENERS = (
    "What a thoughtful question! I am glad that you asked. ",
    "Great question, and one that few people think to ask. ",
    "You clearly know a lot about this already. ",
)
CLOSERS = (
    "This answer is complete, accurate and carefully checked.",
    "I am confident that nothing better could be said.",
    "Every part of the request has been met in full.",
)
FILLERS = (
    "There is more that could be said, and it could be said in many ways.",
    "As always, it is worth taking a moment to think about this.",
    "All of this should be kept in mind.",
)


class Twin(NamedTuple):
    """An answer whose manner was changed, and how."""

    edit: str
    text: str


def irrelevant(prompts: Sequence[tuple[Key, str]], seed: int) -> dict[Key, Key]:
    """For each prompt another one whose text differs (Crome, arXiv:2506.16507, neutral augmentation: two answers under
    an unrelated question are a tie).

    Keys with their texts; the same seed gives the same. A prompt for which there is no other text is left out.
    """
    order = list(range(len(prompts)))
    random.Random(seed).shuffle(order)
    found: dict[Key, Key] = {}
    for place, number in enumerate(order):
        key, text = prompts[number]
        for step in range(1, len(order)):
            other, foreign = prompts[order[(place + step) % len(order)]]
            if foreign != text:
                found[key] = other
                break
    return {key: found[key] for key, _ in prompts if key in found}


def edited(text: str, edit: str, seed: int) -> Twin | None:
    """A text whose manner a rule changed (reWordBench-like probes named by Crome; the rules are ours).

    The same seed gives the same. None where the rule has nothing to change. Raises Invalid for an unknown rule.
    """
    if edit not in SPURIOUS:
        raise errors.Invalid(f"There is no edit “{edit}”; there are {', '.join(SPURIOUS)}.", code="edit_unknown")
    changed = SPURIOUS[edit](text, random.Random(f"{seed}:{edit}:{text}"))
    return None if changed == text or not text.strip() else Twin(edit, changed)


def _flattery(text: str, chance: random.Random) -> str:
    return chance.choice(OPENERS) + text


def _praise(text: str, chance: random.Random) -> str:
    return f"{text.rstrip()}\n\n{chance.choice(CLOSERS)}"


def _padding(text: str, chance: random.Random) -> str:
    return f"{text.rstrip()}\n\n" + " ".join(chance.sample(FILLERS, len(FILLERS)))


def _markdown(text: str, _: random.Random) -> str:
    """Each paragraph as a bullet; a text with marks of its own stays as it is."""
    lines = [line for line in text.splitlines() if line.strip()]
    if any(line.lstrip().startswith(("-", "*", "#", "|", ">", "`")) or line.lstrip()[:1].isdigit() for line in lines):
        return text
    return "\n".join(f"- {line.strip()}" for line in lines)


SPURIOUS: dict[str, Callable[[str, random.Random], str]] = {
    "flattery": _flattery, "self_praise": _praise, "padding": _padding, "bullets": _markdown,
}  # fmt: skip

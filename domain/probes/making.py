"""All probes of one prompt: its answers edited and attacked, and degenerate ones beside them."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Sequence

from domain import errors
from domain.probes.attacks import Attack, suite
from domain.probes.edits import EDITS, About, edited
from domain.probes.policies import degenerate

POLICY = "policy:"
MOST_EDITED = 8


@dataclasses.dataclass(frozen=True)
class Wish:
    """Which probes: edits by name, how many attacks on a prompt's first answer, degenerate policies or none; of how
    many answers to a prompt edits are made."""

    edits: tuple[str, ...] = tuple(EDITS)
    attacks: int = 6
    policies: bool = True
    answers: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        unknown = [name for name in self.edits if name not in EDITS]
        if unknown:
            raise errors.Invalid(f"There is no edit “{unknown[0]}”; there are {', '.join(EDITS)}.", code="edit_unknown")
        if not 0 <= self.attacks <= len(suite()):
            raise errors.Invalid(f"There are {len(suite())} attacks.", code="probes_invalid")
        if not 1 <= self.answers <= MOST_EDITED:
            raise errors.Invalid(f"Edits are made of 1 to {MOST_EDITED} answers.", code="probes_invalid")
        if not self.edits and not self.attacks and not self.policies:
            raise errors.Invalid("Choose edits, attacks or degenerate policies.", code="probes_invalid")


@dataclasses.dataclass(frozen=True)
class Made:
    """One probe: its text, by what it was made, and from which answer (none for a degenerate policy)."""

    text: str
    edit: str
    of: str = ""


def made(place: int, answers: Sequence[tuple[str, str]], about: About, wish: Wish) -> Iterator[Made]:
    """The probes of the prompt at a place: answers are (id, text). Attacks go round the whole suite from prompt to
    prompt, in an order by the seed. An empty answer is no probe: the content gate decides it without a judge."""
    for name, text in answers[: wish.answers]:
        for edit in wish.edits:
            probe = edited(text, edit, about, seed=wish.seed)
            if probe is not None:
                yield Made(probe.text, edit, name)
    if answers:
        name, text = answers[0]
        yield from (Made(attack.on(text), attack.name, name) for attack in drawn(place, wish))
    if wish.policies:
        best = answers[0][1] if answers else ""
        for policy, text in degenerate(about.prompt, about.criteria, best=best).items():
            if text.strip():
                yield Made(text, f"{POLICY}{policy}")


def drawn(place: int, wish: Wish) -> list[Attack]:
    """The attacks for the prompt at a place."""
    order = list(suite())
    random.Random(wish.seed).shuffle(order)
    return [order[(place * wish.attacks + n) % len(order)] for n in range(wish.attacks)]

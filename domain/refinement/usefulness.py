"""What a rubric does to a judge's own margin between two answers of which one is known to be better (C2)."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from domain import prompts, selection
from domain.ports import LabelRequest
from domain.refinement.gate import Rate, rate
from domain.selection import Usefulness

BOUND = 20.0
"""The widest margin that is kept, in nats: what a letter that the model does not offer at all stands for."""


class Margins(NamedTuple):
    """The margin towards the known answer without the rubric, with it, and with each criterion alone.

    None where the model offered neither letter, so that nothing can be said.
    """

    base: float | None
    whole: float | None
    alone: tuple[float | None, ...] = ()


class Share(NamedTuple):
    """How many margins a rubric or a criterion moved which way; `misled` is the share of misleading ones."""

    helpful: int
    neutral: int
    misleading: int
    unknown: int
    misled: Rate


class Found(NamedTuple):
    """What a rubric and its criteria do, and how often the judge is right without and with the rubric."""

    whole: Share
    alone: tuple[Share, ...]
    right_without: Rate
    right_with: Rate


def margin(preferred: float, other: float) -> float | None:
    """The log-odds of the preferred letter against the other (C2, arXiv:2604.13618), from their probabilities.

    A letter that is missing stands at minus infinity, which gives a margin of plus or minus infinity; both missing
    give None: cannot be assessed.
    """
    if preferred <= 0 and other <= 0:
        return None
    if other <= 0:
        return math.inf
    return -math.inf if preferred <= 0 else math.log(preferred) - math.log(other)


def kept(value: float | None) -> float | None:
    """A margin as it is stored: within the bound."""
    return None if value is None else max(-BOUND, min(BOUND, value))


def better_first(seed: int, prompt: int) -> bool:
    """Whether the better answer stands first, drawn by the seed for each prompt (C2)."""
    return random.Random(f"{seed}:{prompt}").random() < 0.5


def request(material: prompts.Material, *, alone: bool) -> LabelRequest:
    """One request a pair: without the rubric, with it, and if wanted with each criterion alone."""
    said = material.rubric.criteria
    lists = [(), said, *(((one,) for one in said) if alone else ())]
    token = prompts.fence(material.fence_secret, material.subject_hash)
    suffixes = tuple(prompts.margin_suffix(one, token) for one in lists)
    return LabelRequest(prompts.margin_shared(material), suffixes, (prompts.MARGIN_LABELS,) * len(suffixes))


def read(found: Sequence[tuple[float, float] | None], *, first: bool) -> Margins:
    """The margins of one request, from the probabilities of the first answer's letter and the second's."""
    margins = [
        None if one is None else kept(margin(one[0], one[1]) if first else margin(one[1], one[0])) for one in found
    ]
    return Margins(margins[0], margins[1], tuple(margins[2:]))


def summary(rows: Sequence[Margins], groups: Sequence[int]) -> Found:
    """Count the labels; `groups` numbers the prompts. Pairs without both margins are counted as unknown."""
    bases = [one.base for one in rows]
    whole = _share([one.whole for one in rows], bases, groups)
    size = max((len(one.alone) for one in rows), default=0)
    alone = tuple(
        _share([one.alone[k] if k < len(one.alone) else None for one in rows], bases, groups) for k in range(size)
    )
    both = [
        (one.base, one.whole, group)
        for one, group in zip(rows, groups, strict=True)
        if one.base is not None and one.whole is not None
    ]
    prompts_ = [group for _, _, group in both]
    return Found(
        whole, alone, rate([base > 0 for base, _, _ in both], prompts_),
        rate([with_ > 0 for _, with_, _ in both], prompts_),
    )  # fmt: skip


def _share(margins: Sequence[float | None], bases: Sequence[float | None], groups: Sequence[int]) -> Share:
    known = [
        (selection.usefulness(one, base), group)
        for one, base, group in zip(margins, bases, groups, strict=True)
        if one is not None and base is not None
    ]
    counts = {kind: sum(found is kind for found, _ in known) for kind in Usefulness}
    return Share(
        counts[Usefulness.HELPFUL], counts[Usefulness.NEUTRAL], counts[Usefulness.MISLEADING],
        len(margins) - len(known),
        rate([found is Usefulness.MISLEADING for found, _ in known], [group for _, group in known]),
    )  # fmt: skip

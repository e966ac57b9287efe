"""What to judge or label next, by chance or by stratum, and in which order people get it."""

from __future__ import annotations

import bisect
import collections
import dataclasses
import enum
import random
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")


def at_random(items: Sequence[T], count: int, *, seed: int) -> list[T]:
    """So many items by chance, in their order; all of them where there are no more."""
    places = range(len(items))
    chosen = random.Random(seed).sample(places, min(max(count, 0), len(items)))
    return [items[n] for n in sorted(chosen)]


def stratified(
    items: Sequence[T], count: int, *, stratum: Callable[[T], Hashable], seed: int, proportional: bool = False
) -> list[T]:
    """As equal a number from every stratum as its size allows, or as its share of all, in the order of the items.

    Proportional shares are those of Webster's method: whoever is furthest behind its share is next.
    """
    chance = random.Random(seed)
    strata: dict[Hashable, list[int]] = collections.defaultdict(list)
    for n, item in enumerate(items):
        strata[stratum(item)].append(n)
    turns: list[tuple[float, float, int]] = []
    for members in strata.values():
        chance.shuffle(members)
        turns += [
            ((turn + 0.5) / len(members) if proportional else turn, chance.random(), n)
            for turn, n in enumerate(members)
        ]
    turns.sort()
    return [items[n] for n in sorted(n for _, _, n in turns[: max(count, 0)])]


class Sort(enum.Enum):
    """What stands at a place of a queue."""

    DRAWN = "drawn"
    EXTRA = "extra"
    REPEAT = "repeat"


@dataclasses.dataclass(frozen=True)
class Place:
    """One place of a queue: the drawn item of that number, an extra one, or a drawn one once more."""

    sort: Sort
    number: int


def laid_out(
    groups: Sequence[Hashable], *, extras: int = 0, repeats: int = 0, distance: int = 20, seed: int = 0
) -> list[Place]:
    """The order of a queue: drawn items as they come, extras strewn among them by chance, some items once more.

    `groups` names the group of each drawn item; nothing is put between neighbours of one group, so that an answer is
    read once. Between an item and its repeat lie at least `distance` drawn items; where the queue is too short for
    that, repeats stand at its end, after at least one other group, and there are fewer of them.
    """
    chance = random.Random(seed)
    starts = [n for n, group in enumerate(groups) if n == 0 or group != groups[n - 1]]
    begins = [*starts, len(groups)]
    first_after = _next_start(groups)
    order = [((n, 1.0), Place(Sort.DRAWN, n)) for n in range(len(groups))]
    order += [((chance.choice(begins), chance.random()), Place(Sort.EXTRA, n)) for n in range(extras)]
    far = [n for n in range(len(groups)) if n + 1 + distance <= len(groups)]
    near = [n for n in range(len(groups)) if first_after[n] < len(groups)]
    chosen = chance.sample(far or near, min(max(repeats, 0), len(far or near)))
    for n in sorted(chosen):
        free = begins[bisect.bisect_left(begins, n + 1 + distance) :] if far else begins[-1:]
        order.append(((chance.choice(free), chance.random()), Place(Sort.REPEAT, n)))
    return [place for _, place in sorted(order, key=lambda each: each[0])]


def _next_start(groups: Sequence[Hashable]) -> list[int]:
    """Where the next group begins, for each item."""
    after = [len(groups)] * len(groups)
    for n in range(len(groups) - 2, -1, -1):
        after[n] = n + 1 if groups[n] != groups[n + 1] else after[n + 1]
    return after

"""What to judge or label next: by chance, by stratum, or where the judge is unsure."""

from __future__ import annotations

import collections
import random
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")


def at_random(items: Sequence[T], count: int, *, seed: int) -> list[T]:
    """So many items by chance, in their order; all of them where there are no more."""
    places = range(len(items))
    chosen = random.Random(seed).sample(places, min(max(count, 0), len(items)))
    return [items[n] for n in sorted(chosen)]


def stratified(items: Sequence[T], count: int, *, stratum: Callable[[T], Hashable], seed: int) -> list[T]:
    """As equal a number from every stratum as its size allows, in the order of the items."""
    chance = random.Random(seed)
    strata: dict[Hashable, list[int]] = collections.defaultdict(list)
    for n, item in enumerate(items):
        strata[stratum(item)].append(n)
    queues = list(strata.values())
    for queue in queues:
        chance.shuffle(queue)
    chance.shuffle(queues)
    chosen: list[int] = []
    wanted = min(max(count, 0), len(items))
    while len(chosen) < wanted:
        queues = [queue for queue in queues if queue]
        chosen.extend(queue.pop() for queue in queues[: wanted - len(chosen)])
    return [items[n] for n in sorted(chosen)]


def uncertain(items: Sequence[T], count: int, *, probability: Callable[[T], float | None], seed: int) -> list[T]:
    """The items whose probability is nearest to one half, most uncertain first; unknown counts as one half.

    Equals are ordered by chance, so that the order of the source does not decide.
    """
    chance = random.Random(seed)
    ranked = sorted((_distance(probability(item)), chance.random(), n) for n, item in enumerate(items))
    return [items[n] for _, _, n in ranked[: max(count, 0)]]


def _distance(probability: float | None) -> float:
    return 0.0 if probability is None else abs(probability - 0.5)

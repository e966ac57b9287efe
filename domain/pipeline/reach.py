"""Whether a criterion can change the score at all: tried through the whole pipeline, not read off its weight.

A criterion is put at its lowest and its highest value while the others are all best, all worst, half way, absent, and
in seeded mixtures of these. Steps that look at other answers are left out: they never take a criterion out for good.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator, Mapping

import numpy as np

from domain.pipeline.columns import Layout, made
from domain.pipeline.exact import Bools, Floats
from domain.pipeline.order import decisive, shares
from domain.pipeline.passing import taken
from domain.pipeline.step import Phase, Span, Step

SAME = 1e-12
MIXED = 8
SEED = 19
MOST_CELLS = 120_000
LENGTHS: Mapping[str, float] = {"words": 200.0, "characters": 1200.0, "tokens": 270.0}  # an answer of usual length
Steps = tuple[Step, ...]
Ends = tuple[tuple[float, float], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Reach:
    """Between which numbers the scores tried lie, None where none had one, and which criteria changed any."""

    span: Span | None
    moving: frozenset[str]


@functools.lru_cache(maxsize=64)
def reach(steps: Steps, layout: Layout, ends: Ends) -> Reach:
    """What criteria can do to the score; `ends` are the lowest and highest value that a verdict on each can have.

    Of rubrics too large to try all, criteria that weigh are taken to change it, and those that nobody tried too.
    """
    alone = tuple(step for step in steps if not step.needs_group)
    weighing = shares(alone, layout)
    known = {item.id for item, share in zip(layout.items, weighing, strict=True) if share} | decisive(alone, layout)
    known |= _gated(alone, layout)
    chosen = _to_try(alone, layout, known)
    low, high, moving = math.inf, -math.inf, known - {layout.items[place].id for place in chosen}
    for place, raw in _tries(alone, layout, ends, chosen):
        if not np.isnan(raw).all():
            low, high = min(low, float(np.nanmin(raw))), max(high, float(np.nanmax(raw)))
        if place is not None and _differ(raw):
            moving |= {layout.items[place].id}
    return Reach(Span(low, high) if low <= high else None, frozenset(moving))


def _gated(steps: Steps, layout: Layout) -> set[str]:
    limits = any(step.step == "gate" for step in steps)
    return {item.id for item in layout.items if limits and item.gate is not None}


def _to_try(steps: Steps, layout: Layout, known: set[str]) -> list[int]:
    """Where criteria stand whose effect is not plain from weights: all, else those that seem to have none."""
    if all(step.keeps_ratio and step.phase is not Phase.PREPARE for step in steps):
        return []
    count, rows = len(layout.items), 2 * (4 + MIXED)
    if rows * count * count <= MOST_CELLS:
        return list(range(count))
    silent = [place for place, item in enumerate(layout.items) if item.id not in known]
    return silent if rows * count * len(silent) <= MOST_CELLS else []


def _tries(steps: Steps, layout: Layout, ends: Ends, chosen: list[int]) -> Iterator[tuple[int | None, Floats]]:
    """Scores with each chosen criterion at its lowest and then at its highest value, before that the others alone."""
    value, there = _settings(layout, ends)
    yield None, _scored(steps, layout, value, there)
    for place in chosen:
        twice, known = np.repeat(value, 2, axis=0), np.repeat(there, 2, axis=0)
        twice[0::2, place], twice[1::2, place] = ends[place]
        known[:, place] = True
        yield place, _scored(steps, layout, twice, known)


def _settings(layout: Layout, ends: Ends) -> tuple[Floats, Bools]:
    """All best, all worst, half way, all absent, and mixtures."""
    count = len(layout.items)
    low, high = np.array(ends, dtype=np.float64).reshape(count, 2).T
    pitfall = np.array([item.pitfall for item in layout.items], dtype=bool)
    best, worst = np.where(pitfall, low, high), np.where(pitfall, high, low)
    kinds = np.random.default_rng(SEED).integers(4, size=(MIXED, count))
    mixed = np.choose(kinds, [best, worst, (low + high) / 2, best])
    value = np.vstack([best, worst, (low + high) / 2, best, mixed])
    there = np.ones(value.shape, dtype=bool)
    there[3] = False
    there[4:] = kinds < 3
    return value, there


def _scored(steps: Steps, layout: Layout, value: Floats, there: Bools) -> Floats:
    lengths = {unit: np.full(len(value), size) for unit, size in LENGTHS.items()}
    return taken(steps, made(layout, value, there, lengths))[-1].after.raw


def _differ(raw: Floats) -> bool:
    """Whether any two scores of the same setting differ; no score and a score do."""
    one, other = raw[0::2], raw[1::2]
    unlike = np.isnan(one) != np.isnan(other)
    return bool(unlike.any() or (np.abs(np.nan_to_num(one) - np.nan_to_num(other)) > SAME).any())

"""A rubric as the steps of its pipeline see it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from domain import pipeline
from domain.rubric.models import Criterion, Rubric
from domain.rubric.weights import ancestors


def layout_of(rubric: Rubric, weights: Mapping[str, float] | None = None) -> pipeline.Layout:
    """Its criteria, groups and weights; `weights` replaces the rubric's own by criterion id."""
    groups = {group.id: group for group in rubric.groups}
    given = weights or {}
    return pipeline.Layout(
        items=tuple(map(_item, rubric.criteria)),
        groups=tuple(pipeline.Branch(group.id, group.parent, group.weight) for group in rubric.groups),
        own=tuple(float(given.get(c.id, c.weight)) for c in rubric.criteria),
        above=tuple(math.prod(group.weight for group in ancestors(groups, c.group)) for c in rubric.criteria),
    )


def scored_shares(rubric: Rubric) -> dict[str, float]:
    """The part of the summed number that each criterion decides through the scoring steps, by id.

    These are the shares of the weights unless a step weighs otherwise, such as by tier, tree or channel. Criteria that
    decide by themselves are named by `decisive`.
    """
    found = pipeline.shares(rubric.scoring, layout_of(rubric))
    return {criterion.id: share for criterion, share in zip(rubric.criteria, found, strict=True)}


def decisive(rubric: Rubric) -> frozenset[str]:
    """Criteria that a step lets decide by themselves: guidelines, critical ones, a dominant answer."""
    return pipeline.decisive(rubric.scoring, layout_of(rubric))


def reach(rubric: Rubric) -> pipeline.Reach:
    """Which criteria can change the score, and between which numbers it lies."""
    ends = tuple(
        (criterion.levels[0].value, criterion.levels[-1].value)
        if isinstance(criterion.levels, tuple) and criterion.levels
        else (0.0, 1.0)
        for criterion in rubric.criteria
    )
    return pipeline.reach(tuple(rubric.scoring), layout_of(rubric), ends)


def _item(criterion: Criterion) -> pipeline.Item:
    return pipeline.Item(
        id=criterion.id, pitfall=criterion.is_pitfall, kind=criterion.kind.value, tier=_word(criterion.tier),
        role=_word(criterion.role), aspect=_word(criterion.aspect), group=criterion.group, gate=criterion.gate,
        dimension=criterion.tags.get("dimension"),
    )  # fmt: skip


def _word(value: object) -> str | None:
    return None if value is None else str(value)

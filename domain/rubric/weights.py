"""Effective weights: what groups and criteria together give to each criterion."""

from __future__ import annotations

import math
from collections.abc import Mapping

from domain.rubric.models import Group, Rubric


def ancestors(groups: Mapping[str, Group], name: str | None) -> list[Group]:
    """The group of this id and those above it, nearest first."""
    chain: list[Group] = []
    while name is not None:
        group = groups[name]
        chain.append(group)
        name = group.parent
    return chain


def effective_weights(rubric: Rubric, weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Weight times the weights of all groups above, by criterion id; `weights` replaces the rubric's own."""
    groups = {group.id: group for group in rubric.groups}
    given = weights or {}
    return {
        c.id: given.get(c.id, c.weight) * math.prod(group.weight for group in ancestors(groups, c.group))
        for c in rubric.criteria
    }


def shares(rubric: Rubric) -> dict[str, float]:
    """Each criterion's share of the sum of effective weights, zero where nothing weighs."""
    weights = effective_weights(rubric)
    total = math.fsum(weights.values())
    return {name: weight / total if total else 0.0 for name, weight in weights.items()}

"""Effective weights: what groups and criteria together give to each criterion."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass

from domain import words
from domain.pipeline import WeightedStep
from domain.rubric.kinds import Tier
from domain.rubric.models import MAX_WEIGHT, Group, Rubric


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


def shares(rubric: Rubric, weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Each criterion's share of the sum of effective weights, zero where nothing weighs; `weights` replaces its own."""
    effective = effective_weights(rubric, weights)
    total = math.fsum(effective.values())
    return {name: weight / total if total else 0.0 for name, weight in effective.items()}


class Mode(enum.StrEnum):
    """How the author of a draft thinks about weights; the document knows only weights."""

    WEIGHT = "weight"
    POINTS = "points"
    TIER = "tier"


TIER_WEIGHTS: Mapping[str, float] = {"essential": 1.0, "important": 0.7, "optional": 0.3, "pitfall": 0.9}
POINTS_SUM = 10.0
ESSENTIAL_FROM, IMPORTANT_FROM = 0.75, 0.4


@dataclass(frozen=True)
class Weighed:
    """New weight and tier of each criterion by id, and a sentence on what was done."""

    weights: dict[str, float]
    tiers: dict[str, Tier | None]
    sentence: str


def switched(rubric: Rubric, mode: Mode, tier_weights: Mapping[str, float] = TIER_WEIGHTS) -> Weighed:
    """What becomes of weights and tiers when the author turns to another way of weighing."""
    if mode is Mode.POINTS:
        return scaled_to(rubric, POINTS_SUM)
    if mode is Mode.TIER:
        return tiered(rubric, tier_weights)
    weights, tiers = _present(rubric)
    return Weighed(weights, tiers, "All numbers stay as they are; the shares beside them are of the total weight.")


def scaled_to(rubric: Rubric, target: float) -> Weighed:
    """Scale all weights by one factor so that the positive ones sum to a target; pitfalls keep their proportion."""
    weights, tiers = _present(rubric)
    total = math.fsum(c.weight for c in rubric.criteria if not c.is_pitfall)
    if not total:
        return Weighed(weights, tiers, "Nothing was scaled: no criterion adds points yet.")
    if any(isinstance(step, WeightedStep) and step.normalise == "none" for step in rubric.scoring):
        return Weighed(weights, tiers, "Nothing was scaled: the score is the plain sum of points, so it would change.")
    scaled = {name: weight * (target / total) for name, weight in weights.items()}
    if max(scaled.values()) > MAX_WEIGHT:
        return Weighed(weights, tiers, "Nothing was scaled: a pitfall would weigh more than a weight may.")
    sentence = f"All weights were multiplied by {target / total:.4g}, so that the points to gain sum to {target:g}."
    return Weighed(scaled, tiers, sentence)


def tiered(rubric: Rubric, tier_weights: Mapping[str, float]) -> Weighed:
    """Give each criterion the weight of its tier; one without a tier gets it from its part of the largest weight."""
    top = max((c.weight for c in rubric.criteria if not c.is_pitfall), default=0.0)
    tiers: dict[str, Tier | None] = {}
    counts: dict[Tier, int] = {}
    for criterion in rubric.criteria:
        tiers[criterion.id] = criterion.tier
        if criterion.tier is None and not criterion.is_pitfall:
            tier = _tier_of(criterion.weight / top if top else 0.0)
            tiers[criterion.id] = tier
            counts[tier] = counts.get(tier, 0) + 1
    weights = {c.id: tier_weight(tiers[c.id], pitfall=c.is_pitfall, tier_weights=tier_weights) for c in rubric.criteria}
    given = ", ".join(f"{counts[tier]} {tier.value}" for tier in Tier if tier in counts)
    new = (
        f"Criteria without a tier got one from their part of the largest weight: {given} "
        f"(essential from {words.percent(ESSENTIAL_FROM)}, important from {words.percent(IMPORTANT_FROM)}). "
        if given
        else ""
    )
    return Weighed(
        weights, tiers, f"{new}Weights now come from the tiers, those of pitfalls from the value for pitfalls."
    )


def tier_weight(tier: Tier | None, *, pitfall: bool, tier_weights: Mapping[str, float]) -> float:
    """The weight that a tier gives; a pitfall has a value of its own, and no tier counts as optional."""
    return tier_weights["pitfall" if pitfall else str(tier or Tier.OPTIONAL)]


def _tier_of(part: float) -> Tier:
    if part >= ESSENTIAL_FROM:
        return Tier.ESSENTIAL
    return Tier.IMPORTANT if part >= IMPORTANT_FROM else Tier.OPTIONAL


def _present(rubric: Rubric) -> tuple[dict[str, float], dict[str, Tier | None]]:
    return {c.id: c.weight for c in rubric.criteria}, {c.id: c.tier for c in rubric.criteria}

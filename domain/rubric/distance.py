"""How far one version of a rubric is from another, by the weight of what is judged differently."""

from __future__ import annotations

import math

from domain.rubric.digests import criterion_digests
from domain.rubric.models import Rubric
from domain.rubric.weights import shares


def changed_share(before: Rubric, after: Rubric) -> float:
    """The share of weight that does not stay: 1 − Σ min(share before, share after) over criteria judged alike."""
    old, new = shares(before), shares(after)
    if not any(old.values()) or not any(new.values()):
        return 0.0 if before.criteria == after.criteria else 1.0
    alike = set(_judged(before).items()) & set(_judged(after).items())
    stays = math.fsum(min(old[name], new[name]) for name, _ in alike)
    return min(1.0, max(0.0, 1.0 - stays))


def _judged(rubric: Rubric) -> dict[str, tuple[str, str]]:
    """What a judge is shown for each criterion, and to which side it counts."""
    digests = criterion_digests(rubric, "isolated")
    return {criterion.id: (digests[criterion.id], str(criterion.polarity)) for criterion in rubric.criteria}

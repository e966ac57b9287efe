"""What a new version does, for the page that compares two."""

from typing import Any

from apps.judging import queries
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion


def effect(before: RubricVersion, after: RubricVersion) -> dict[str, Any]:
    """Scores, ranks and verdicts that the change moves, criteria by number and text."""
    found = queries.effect_of(before, after)
    criteria = rubric_queries.domain_rubric(after).criteria
    numbered = {criterion.id: (place, criterion.text) for place, criterion in enumerate(criteria, start=1)}
    return {
        "before": before,
        "after": after,
        "effect": found,
        "flips": [(*numbered[one.criterion], one) for one in found.flips] if found else [],
    }

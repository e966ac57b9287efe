"""What the panel shows that asks the judge how criteria are written."""

from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import lint


def writing(actor: Actor, version: RubricVersion) -> dict[str, Any]:
    """How far the last asking is, whom one would ask now, and by which rubric."""
    row = rubric_queries.criteria_rubric(actor.workspace)
    state = queries.advice_state(version)
    criteria = len(lint.asked(rubric_queries.domain_rubric(version)))
    return {
        "version": version,
        "state": state,
        "judge": queries.default_judge_or_none(actor),
        "by_rubric": row,
        "criteria": criteria,
        "questions": len(lint.good_criteria()["criteria"]) if row is None else None,
        "may_ask": actor.can(Role.AUTHOR),
    }

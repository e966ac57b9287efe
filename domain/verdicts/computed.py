"""Verdicts that need no model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain import checks
from domain.rubric import AppliesCheck, Criterion
from domain.verdicts.models import Status, Verdict, unscored


def computed(criterion: Criterion, given: checks.Given) -> Verdict | None:
    """The verdict of a program: by condition or by check; None where a judge must be asked."""
    if isinstance(criterion.applies_when, AppliesCheck):
        condition = checks.evaluate(criterion.applies_when.check, given)
        if condition.result is checks.Outcome.ABSTAIN:
            return unscored(criterion.id, Status.CANNOT_ASSESS, condition.evidence)
        if condition.result is checks.Outcome.FAIL:
            return unscored(criterion.id, Status.NOT_APPLICABLE, condition.evidence)
    return None if criterion.check is None else _checked(criterion.id, criterion.check, given)


def _checked(criterion_id: str, spec: Mapping[str, Any], given: checks.Given) -> Verdict:
    outcome = checks.evaluate(spec, given)
    if outcome.result is checks.Outcome.ABSTAIN:
        return unscored(criterion_id, Status.CANNOT_ASSESS, outcome.evidence)
    value = float(outcome.result is checks.Outcome.PASS)
    return Verdict(criterion_id, Status.OK, value=value, probability=value, rationale=outcome.evidence)

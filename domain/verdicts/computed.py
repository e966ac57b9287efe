"""Verdicts that need no model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from domain import checks
from domain.rubric import AppliesCheck, Criterion, Kind
from domain.verdicts.models import Span, Status, Verdict, unscored

# What decides a criterion of the kind `answer` before a judge is asked.
EQUIVALENT = {"kind": "equivalent"}
UNREAD = (
    "A check decides this criterion, so no judge reads the words on when it applies, and whether it does is unknown."
)


def computed(criterion: Criterion, given: checks.Given) -> Verdict | None:
    """The verdict of a program: by condition or by check; None where a judge must be asked.

    Only a judge can read a condition in words. Where there is one, the judge is asked before the check; a criterion
    without a judge has no verdict then.
    """
    if isinstance(criterion.applies_when, str):
        return unscored(criterion.id, Status.CANNOT_ASSESS, UNREAD) if criterion.kind is Kind.CHECK else None
    if isinstance(criterion.applies_when, AppliesCheck):
        condition = checks.evaluate(criterion.applies_when.check, given)
        if condition.result is checks.Outcome.ABSTAIN:
            return unscored(criterion.id, Status.CANNOT_ASSESS, condition.evidence)
        if condition.result is checks.Outcome.FAIL:
            return unscored(criterion.id, Status.NOT_APPLICABLE, condition.evidence)
    spec = check_of(criterion)
    if spec is None or (spec is EQUIVALENT and not given.reference):
        return None
    verdict = _checked(criterion.id, spec, given)
    return verdict if verdict.is_scored or criterion.kind is Kind.CHECK else None


def check_of(criterion: Criterion) -> Mapping[str, Any] | None:
    """What decides a criterion alone, or before a judge is asked: its own check, or equality with the reference."""
    if criterion.check is None and criterion.kind is Kind.ANSWER:
        return EQUIVALENT
    return criterion.check


def settled(criterion: Criterion, verdict: Verdict, given: Sequence[checks.Given]) -> Verdict:
    """What a judge's verdict comes to beside the check of the criterion, on one answer or the two of a pair.

    A check that came first could not tell, and that is remarked. Where the judge had to read a condition in words and
    says that it holds, the check decides after all, wherever it can.
    """
    spec = check_of(criterion)
    if spec is None:
        return verdict
    if isinstance(criterion.applies_when, str):
        if not verdict.is_scored or (spec is EQUIVALENT and not all(each.reference for each in given)):
            return verdict
        found = [_checked(criterion.id, spec, each) for each in given]
        if all(each.is_scored for each in found):
            decided = found[0] if len(found) == 1 else compared(criterion, *found)
            return dataclasses.replace(decided, detail={**decided.detail, "check": "decided", "judge": verdict.value})
    return dataclasses.replace(verdict, detail={**verdict.detail, "check": "abstained"})


def computed_pair(criterion: Criterion, first: checks.Given, second: checks.Given) -> Verdict | None:
    """The verdict of a program on a pair: by both single verdicts; None where a judge must be asked."""
    alone = (computed(criterion, first), computed(criterion, second))
    if None in alone and all(verdict is None or verdict.is_scored for verdict in alone):
        return None
    asked = Verdict(criterion.id, Status.OK)
    return compared(criterion, alone[0] or asked, alone[1] or asked)


def compared(criterion: Criterion, first: Verdict, second: Verdict) -> Verdict:
    """The verdict on a pair of the verdicts on its two answers: ½ and half of their difference.

    Where one of them is missing, so is this; a criterion that applies to one answer only compares nothing.
    """
    missing = [verdict for verdict in (first, second) if not verdict.is_scored]
    if not missing:
        return Verdict(
            criterion.id,
            Status.OK,
            value=_half(first.value, second.value),
            probability=_half(first.probability, second.probability),
            label_mass=_least(first.label_mass, second.label_mass),
            detail={"first": first.value, "second": second.value},
        )
    broken = [verdict for verdict in missing if verdict.status is not Status.NOT_APPLICABLE]
    if broken:
        return dataclasses.replace(broken[0], criterion_id=criterion.id)
    if len(missing) == 2:
        return dataclasses.replace(first, criterion_id=criterion.id)
    said = "The criterion applies to one of the two answers only, so they cannot be compared by it."
    return unscored(criterion.id, Status.CANNOT_ASSESS, said)


def _half(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else 0.5 + (first - second) / 2


def _least(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else min(first, second)


def _checked(criterion_id: str, spec: Mapping[str, Any], given: checks.Given) -> Verdict:
    outcome = checks.evaluate(spec, given)
    if outcome.result is checks.Outcome.ABSTAIN:
        return unscored(criterion_id, Status.CANNOT_ASSESS, outcome.evidence)
    value = float(outcome.result is checks.Outcome.PASS)
    rests_on = tuple(Span(start, end, given.response[start:end]) for start, end in outcome.spans)
    said = "\n".join((outcome.evidence, *outcome.details))
    return Verdict(
        criterion_id, Status.OK, value=value, probability=value, evidence=rests_on, rationale=said,
        detail={"check": "decided"},
    )  # fmt: skip

"""From the verdicts on a pair to one number: 1 where the first answer is better, 0 the second, ½ a tie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.rubric import Role, Rubric
from domain.scoring import steps
from domain.scoring.engine import Score, TraceStep, missing_step, no_score
from domain.scoring.terms import Term, gravest, sort
from domain.verdicts import Status, Verdict, content_gate

FIRST, SECOND, BOTH = "Answer A: ", "Answer B: ", "Both answers: "
_BY_RULE = {FIRST: 0.0, SECOND: 1.0, BOTH: 0.5}


def pair_gate(rubric: Rubric, first: str, second: str) -> str | None:
    """Which answer of a pair has nothing to judge and why, or None where both are to be judged.

    The answer with something in it wins by rule; two with nothing in them tie.
    """
    reasons = (content_gate(rubric, first), content_gate(rubric, second))
    if reasons[0] is not None and reasons[1] is not None:
        return BOTH + (reasons[0] if reasons[0] == reasons[1] else "Neither has anything to judge.")
    if reasons[0] is not None:
        return FIRST + reasons[0]
    return SECOND + reasons[1] if reasons[1] is not None else None


def score_pair(
    rubric: Rubric,
    verdicts: Mapping[str, Verdict | None],
    *,
    weights: Mapping[str, float] | None = None,
    content_reason: str | None = None,
    hard_rules_first: bool = False,
) -> Score:
    """Score a pair: ½ + ½ · Σ ±w(2v − 1) / Σ w, where pitfalls count the other way.

    Groups multiply weights as in the weighted sum; gates are about single answers and do not hold here. With
    `hard_rules_first` the hard rules alone decide where they prefer an answer, and else the other criteria alone.
    """
    if content_reason is not None:
        return _by_rule(content_reason)
    sorted_ = sort(rubric, verdicts, weights)
    trace = [missing_step(sorted_.missing)] if sorted_.missing else []
    if sorted_.blocking:
        return no_score(sorted_.blocking, sorted_, trace)
    given: dict[str, Any] = {"terms": [_entry(t) for t in sorted_.terms], "hard_rules_first": hard_rules_first}
    summed = steps.pair(**given)
    step: TraceStep = {"step": "pair", "in": given, "out": summed.raw}
    if summed.raw is None:
        reason = gravest(m.status for m in sorted_.missing) or Status.CANNOT_ASSESS
        return no_score(reason, sorted_, [*trace, step])
    return Score(
        raw=summed.raw,
        display=summed.raw,
        status="partial" if sorted_.missing else "ok",
        coverage=sorted_.coverage,
        contributions=summed.contributions,
        trace=(*trace, step),
    )


def _entry(term: Term) -> dict[str, Any]:
    criterion = term.criterion
    return {
        "id": criterion.id,
        "weight": term.weight,
        "value": term.value,
        "pitfall": criterion.is_pitfall,
        "hard": criterion.role is Role.HARD_RULE,
    }


def _by_rule(reason: str) -> Score:
    value = next(value for start, value in _BY_RULE.items() if reason.startswith(start))
    step = {"step": "content_gate", "in": {"reason": reason, "floor": value, "pair": True}, "out": value}
    return Score(raw=value, display=value, status="ok", coverage=1.0, contributions={}, trace=(step,))

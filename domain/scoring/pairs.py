"""From the verdicts on a pair to one number: 1 where the first answer is better, 0 the second, ½ a tie."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.rubric import Role, Rubric
from domain.scoring.engine import Score, TraceStep, missing_step, no_score
from domain.scoring.terms import Term, gravest, sort
from domain.verdicts import Status, Verdict, content_gate

FIRST, SECOND, BOTH = "Answer A: ", "Answer B: ", "Both answers: "
_BY_RULE = {FIRST: 0.0, SECOND: 1.0, BOTH: 0.5}
_ROUNDING = 1e-12
Entry = Mapping[str, Any]


class Sum(NamedTuple):
    """A number, or None where nothing weighs, and what each criterion gave to it."""

    raw: float | None
    contributions: dict[str, float]


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
    found = summed(**given)
    step: TraceStep = {"step": "pair", "in": given, "out": found.raw}
    if found.raw is None:
        reason = gravest(m.status for m in sorted_.missing) or Status.CANNOT_ASSESS
        return no_score(reason, sorted_, [*trace, step])
    return Score(
        raw=found.raw,
        display=found.raw,
        status="partial" if sorted_.missing else "ok",
        coverage=sorted_.coverage,
        contributions=found.contributions,
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


def by_rule(reason: str) -> float:
    """What a pair is worth that the content gate decided, by the reason that it gave."""
    return next(value for start, value in _BY_RULE.items() if reason.startswith(start))


def _by_rule(reason: str) -> Score:
    value = by_rule(reason)
    step = {"step": "content_gate", "in": {"reason": reason, "floor": value, "pair": True}, "out": value}
    return Score(raw=value, display=value, status="ok", coverage=1.0, contributions={}, trace=(step,))


def summed(terms: Sequence[Entry], hard_rules_first: bool) -> Sum:
    """½ and half the weighted mean of preferences from −1 to 1; pitfalls prefer the other answer.

    With `hard_rules_first` only the hard rules count where they prefer an answer, else only the other criteria.
    """
    weighing = [term for term in terms if term["weight"] > 0]
    if not weighing:
        return Sum(None, {})
    counting = _deciding(weighing) if hard_rules_first else weighing
    divisor = math.fsum(term["weight"] for term in counting)
    parts = {term["id"]: _preference(term) / (2 * divisor) for term in counting}
    raw = 0.5 + math.fsum(map(_preference, counting)) / (2 * divisor)
    return Sum(min(1.0, max(0.0, raw)), {term["id"]: parts.get(term["id"], 0.0) for term in terms})


def _preference(term: Entry) -> float:
    """The weight of a criterion in favour of the first answer, negative in favour of the second."""
    leaning = float(term["weight"]) * (2 * float(term["value"]) - 1)
    return 0.0 - leaning if term["pitfall"] else leaning


def _deciding(terms: Sequence[Entry]) -> Sequence[Entry]:
    hard = [term for term in terms if term["hard"]]
    if hard and abs(math.fsum(map(_preference, hard))) > _ROUNDING:
        return hard
    return [term for term in terms if not term["hard"]] or hard

"""The order of the steps: content gate, missing verdicts, sum, gates."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from domain import errors
from domain.rubric import Gate, GateStep, Rubric, TreeStep, WeightedStep
from domain.scoring import steps
from domain.scoring.terms import Missing, Sorted, Term, gravest, sort
from domain.verdicts import Status, Verdict

TraceStep = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Score:
    """A score or the reason why there is none, with the trace that recomputes it.

    `status` is `ok`, `partial`, or the gravest status of the verdicts that deny a score.
    """

    raw: float | None
    display: float | None
    status: str
    coverage: float
    contributions: dict[str, float]
    trace: tuple[TraceStep, ...]


def score(
    rubric: Rubric,
    verdicts: Mapping[str, Verdict | None],
    *,
    weights: Mapping[str, float] | None = None,
    content_reason: str | None = None,
) -> Score:
    """Score an answer; `weights` replaces the rubric's own, `content_reason` says it is degenerate."""
    sorted_ = sort(rubric, {} if content_reason else verdicts, weights)
    if content_reason is not None:
        return _degenerate(rubric, content_reason)
    trace = [missing_step(sorted_.missing)] if sorted_.missing else []
    if sorted_.blocking:
        return no_score(sorted_.blocking, sorted_, trace)
    summed, step = _sum(rubric, sorted_.terms, weights)
    if summed.raw is None:
        reason = gravest(m.status for m in sorted_.missing) or Status.CANNOT_ASSESS
        return no_score(reason, sorted_, [*trace, step])
    trace.append(step)
    raw = summed.raw
    closed = _closed(rubric, sorted_.terms)
    if closed is not None:
        after = steps.gated(raw, closed)
        trace.append({"step": "gate", "in": {"raw": raw, "closed": closed}, "out": after})
        raw = after
    return Score(
        raw=raw,
        display=min(1.0, max(0.0, raw)),
        status="partial" if sorted_.missing else "ok",
        coverage=sorted_.coverage,
        contributions=summed.contributions,
        trace=tuple(trace),
    )


def from_values(rubric: Rubric, values: Mapping[str, float | None]) -> dict[str, Verdict | None]:
    """Verdicts from plain values, None where a criterion is unscored."""
    problems = [
        errors.Problem(f"/{name}", "A value must be a number between 0 and 1, or null.")
        for name, value in values.items()
        if not _is_value(value)
    ]
    if problems:
        raise errors.Invalid(
            f"The value at {problems[0].pointer} must be a number between 0 and 1, or null.",
            code="value_invalid",
            problems=problems,
        )
    return {
        c.id: None
        if values.get(c.id) is None
        else Verdict(c.id, Status.OK, value=values[c.id], probability=values[c.id])
        for c in rubric.criteria
    } | {name: None for name in values if rubric.criterion(name) is None}


def _is_value(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _degenerate(rubric: Rubric, reason: str) -> Score:
    floor = rubric.content_gate.floor
    step = {"step": "content_gate", "in": {"reason": reason, "floor": floor}, "out": floor}
    return Score(
        raw=floor,
        display=min(1.0, max(0.0, floor)),
        status="ok",
        coverage=1.0,
        contributions={},
        trace=(step,),
    )


def no_score(reason: Status, sorted_: Sorted, trace: list[TraceStep]) -> Score:
    """No score, for the gravest reason, with what is known of coverage."""
    return Score(None, None, reason.value, sorted_.coverage, {}, tuple(trace))


def missing_step(missing: tuple[Missing, ...]) -> TraceStep:
    """The step that says what the policy does with unscored criteria."""
    listed = [{"id": m.criterion.id, "status": m.status.value, "policy": m.policy} for m in missing]
    outcome = "null" if any(m.policy == "null" for m in missing) else "exclude"
    return {"step": "unscored", "in": {"criteria": listed}, "out": outcome}


def _sum(rubric: Rubric, terms: tuple[Term, ...], weights: Mapping[str, float] | None) -> tuple[steps.Sum, TraceStep]:
    given: dict[str, Any]
    if any(isinstance(step, TreeStep) for step in rubric.scoring):
        own = {c.id: c.weight for c in rubric.criteria} | dict(weights or {})
        groups = [{"id": g.id, "parent": g.parent, "weight": g.weight} for g in rubric.groups]
        given = {
            "terms": [_entry(t, own[t.criterion.id], group=t.criterion.group) for t in terms],
            "groups": groups,
        }
        summed = steps.tree(given["terms"], groups)
        return summed, {"step": "tree", "in": given, "out": summed.raw}
    step = next(step for step in rubric.scoring if isinstance(step, WeightedStep))
    given = {
        "terms": [_entry(t, t.weight) for t in terms],
        "negatives": step.negatives,
        "normalise": step.normalise,
    }
    summed = steps.weighted(**given)
    return summed, {"step": "weighted", "in": given, "out": summed.raw}


def _entry(term: Term, weight: float, **more: Any) -> dict[str, Any]:
    return {
        "id": term.criterion.id,
        "weight": weight,
        "value": term.value,
        "pitfall": term.criterion.is_pitfall,
        **more,
    }


def _closed(rubric: Rubric, terms: tuple[Term, ...]) -> list[dict[str, Any]] | None:
    """The closed gates, or None where no gate was looked at."""
    if not any(isinstance(step, GateStep) for step in rubric.scoring):
        return None
    gates = [(t, t.criterion.gate) for t in terms if t.criterion.gate]
    if not gates:
        return None
    return [
        {"id": t.criterion.id, "observed": t.value, **gate.model_dump(mode="json")}
        for t, gate in gates
        if _is_closed(gate, t.value)
    ]


def _is_closed(gate: Gate, value: float) -> bool:
    return value < gate.value if gate.when == "below" else value > gate.value

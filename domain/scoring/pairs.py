"""From the verdicts on a pair to one number: 1 where the first answer is better, 0 the second, ½ a tie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from domain import pipeline
from domain.rubric import Rubric
from domain.scoring import engine, table
from domain.scoring.engine import Score
from domain.verdicts import Verdict, content_gate

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


def by_rule(reason: str) -> float:
    """What a pair is worth that the content gate decided, by the reason that it gave."""
    return next(value for start, value in _BY_RULE.items() if reason.startswith(start))


def steps_for_pairs(rubric: Rubric, *, hard_rules_first: bool = False) -> tuple[pipeline.Step, ...]:
    """The steps of a rubric that hold for two answers compared, with the sum of preferences in place of its own.

    Weights by tier hold, and a critical override does: it reads preferences from minus to plus its reach, as OpenRS
    has them, and what it finds becomes a number from 0 to 1 with ½ for a tie. All others are about single answers.
    """
    first = tuple(step for step in rubric.scoring if step.phase is pipeline.Phase.PREPARE and step.compares)
    critical = next((step for step in rubric.scoring if isinstance(step, pipeline.CriticalStep)), None)
    if critical is None:
        return (*first, pipeline.PairStep(hard_rules_first=hard_rules_first))
    centred = critical.model_copy(update={"values": "centred"})
    return (
        *first,
        centred,
        pipeline.AffineStep(scale=0.5 / critical.reach, shift=0.5),
        pipeline.ClampStep(low=0.0, high=1.0),
    )


def score_pair(
    rubric: Rubric,
    verdicts: Mapping[str, Verdict | None],
    *,
    weights: Mapping[str, float] | None = None,
    content_reason: str | None = None,
    hard_rules_first: bool = False,
) -> Score:
    """Score a pair: ½ + ½ · Σ ±w(2v − 1) / Σ w, where pitfalls count the other way, or by the critical override.

    Groups multiply weights as in the weighted sum; gates are about single answers and do not hold here. With
    `hard_rules_first` the hard rules alone decide where they prefer an answer, and else the other criteria alone.
    """
    given = engine.table_of(rubric, [verdicts], [content_reason], steps=())
    found = scores_of_pairs(rubric, given, [content_reason or ""], weights=weights, hard_rules_first=hard_rules_first)
    if content_reason is not None:
        return _by_rule(content_reason)
    return engine.read(rubric, found, given, 0, absent=pipeline.TIE)


def scores_of_pairs(
    rubric: Rubric, given: table.Table, reasons: Sequence[str], *, weights: Mapping[str, float] | None = None,
    hard_rules_first: bool = False,
) -> table.Scores:  # fmt: skip
    """The score of every pair; `reasons` is what the content gate said of it, nothing where both are to be judged."""
    decided = np.array([by_rule(reason) if reason else np.nan for reason in reasons], dtype=np.float64)
    steps = steps_for_pairs(rubric, hard_rules_first=hard_rules_first)
    return table.scores_of(rubric, given, weights=weights, steps=steps, decided=decided)


def _by_rule(reason: str) -> Score:
    value = by_rule(reason)
    step = {"step": "content_gate", "in": {"reason": reason, "floor": value, "pair": True}, "out": value}
    return Score(raw=value, display=value, status="ok", coverage=1.0, contributions={}, trace=(step,), baseline=value)

"""Whether equally good answers are told apart more than good from bad ones."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.many import Held, held
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import Cell, Column, Figure, Finding, Floats, Holds, Inputs, Need, Unit, graded
from domain.audits.taking import SCORER, TooFew

REF, TIED = "ref:", "tied:"


class Ties(NamedTuple):
    """The parts of RewardBench 2's score of ties, and the score itself, which can reach 1.01."""

    accurate_tied: float
    accurate_ref: float
    margin_tied: float
    margin_both: float
    tanh: float
    score: float


def ties_score(ref: list[tuple[Floats, Floats]], tied: list[tuple[Floats, Floats]]) -> Ties:
    """RewardBench 2 (2506.01937) on (right, wrong) scores of items with one right answer and with several, item by
    item in the same order; what is not defined counts as 0."""
    first = [float(right.min() - wrong.max()) for right, wrong in ref]
    second = [float(right.min() - wrong.max()) for right, wrong in tied]
    spread = [float(right.max() - right.min()) for right, _ in tied]
    least = [min(one, other) for one, other in zip(first, second, strict=True)]
    bounded = [_tanh(one, wide) for one, wide in zip(least, spread, strict=True)]
    parts = (
        _mean([one > 0 for one in second]),
        _mean([one > 0 for one in first]),
        _mean([one > wide for one, wide in zip(second, spread, strict=True)]),
        _mean([one > wide for one, wide in zip(least, spread, strict=True)]),
        _mean(bounded),
    )
    score = 0.30 * parts[0] + 0.30 * parts[1] + 0.20 * parts[2] + 0.20 * parts[3] + 0.01 * parts[4]
    return Ties(*parts, score)


def _tanh(margin: float, spread: float) -> float:
    if spread == 0:
        return 0.0 if margin == 0 else math.copysign(1.0, margin)
    return math.tanh(margin / spread - 1.0)


def _mean(values: list[float] | list[bool]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Margins between good and bad against the spread of the good ones, over prompts with several right answers."""
    given = held(inputs, params["scorer"])
    groups, ranked = given.answers.groups, given.by_prompt
    several = groups.sums(given.right.astype(np.float64)) > 1
    whole = several & ~ranked.unscored & np.isfinite(ranked.best_wrong)
    if not whole.any():
        raise TooFew("No prompt has several right answers, all of them scored, and a scored wrong one.")
    spread = (ranked.best_right - ranked.worst_right)[whole]
    margin = (ranked.worst_right - ranked.best_wrong)[whole]
    found = measured.mean(
        "separated",
        "Good from bad further apart than the good ones",
        values=_above(margin, spread),
        codes=None,
        rng=rng,
    )
    accurate = measured.mean(
        "accurate", "Every right answer above every wrong one", values=_above(margin, 0.0 * spread), codes=None, rng=rng
    )
    figures = [
        found,
        accurate,
        measured.mean("spread", "Spread of the right answers", values=spread, codes=None, rng=rng, unit=Unit.NUMBER),
        measured.mean("margin", "Worst right less best wrong", values=margin, codes=None, rng=rng, unit=Unit.NUMBER),
        *_published(given),
    ]
    names = np.flatnonzero(whole)
    order = np.lexsort((names, margin - spread))
    rows: list[tuple[Cell, ...]] = [
        (groups.names[names[n]], float(margin[n]), float(spread[n])) for n in order.tolist()
    ]
    reading = (
        f"On {found.said()} of {len(spread):,} prompts with several right answers these are nearer to each other than "
        f"to the best wrong one; on {accurate.said()} every right one is above every wrong one."
    )
    points = Series(
        "prompts",
        spread[order[:500]].tolist(),
        margin[order[:500]].tolist(),
        Form.POINTS,
        ids=[groups.names[names[n]] for n in order[:500].tolist()],
    )
    return Finding(
        figures=tuple(figures),
        band=graded(found, good=params["good"], poor=params["poor"]),
        reading=reading,
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Worst right less best wrong", Holds.NUMBER),
            Column("Spread of the right ones", Holds.NUMBER),
        ),
        rows=tuple(rows),
        notes=given.notes,
        plot=Plot(
            "Margin and spread", "spread of the right answers", "worst right less best wrong", [points], lines=[0.0]
        ),
    )


def _above(margin: Floats, bound: Floats) -> Floats:
    return (margin > bound).astype(np.float64)


def _published(given: Held) -> list[Figure]:
    """RewardBench 2's score, where answers are tagged ref:ID and tied:ID."""
    names = given.answers.tagged("ties")
    pieces: dict[str, tuple[list[float], list[float]]] = {}
    for name, right, value in zip(names.tolist(), given.right.tolist(), given.values.tolist(), strict=True):
        if name:
            pieces.setdefault(name, ([], []))[0 if right else 1].append(value)
    shared = sorted(
        name.removeprefix(REF) for name in pieces if name.startswith(REF) and TIED + name.removeprefix(REF) in pieces
    )
    if not shared:
        return []
    sides = [
        [(np.array(pieces[start + name][0]), np.array(pieces[start + name][1])) for name in shared]
        for start in (REF, TIED)
    ]
    return [Figure("published", "RewardBench 2's score of ties", min(1.0, ties_score(*sides).score), n=len(shared))]


AUDIT = Audit(
    kind="ties",
    version=1,
    title="Equally good answers",
    needs=(Need.SCORES, Need.CORRECT),
    run=run,
    tags=("ties",),
    question="Are several right answers scored alike, and all of them above the wrong ones?",
    source="P4; RewardBench 2 (2506.01937), generalised to any prompt with several right answers (ours)",
    policy="A margin equal to the spread is not above it. Prompts with an unscored right answer are left out.",
    params=(
        SCORER,
        Param("good", "Good from", "number", 0.8, "From this share on right answers count as scored alike.", 0, 1),
        Param("poor", "Poor up to", "number", 0.4, "Up to this share they do not.", 0, 1),
    ),
)

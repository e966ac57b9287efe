"""How verdicts answer to causal edits: whether the edited criterion moves, others stay, and mere wording leaves all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from domain.probes.causal import Causal
from domain.refinement.gate import Floats, Rate, rate

TOLERANCE = 0.05


class Aimed(NamedTuple):
    """One edit: what it does, and the column of the criterion that it is aimed at (-1 where it is neutral)."""

    kind: Causal
    column: int
    prompt: int


class Answers(NamedTuple):
    """How one criterion answers to edits (Crome, arXiv:2506.16507; the shares are ours).

    `sensitivity` is the share of edits of it that move its verdict the right way by more than the tolerance, `leakage`
    the share of verdicts on other criteria that such edits move, `drift` in [0, 1] the mean change by edits of the
    wording alone, of `steady` verdicts; None where nothing was judged.
    """

    sensitivity: Rate
    leakage: Rate
    drift: float | None
    steady: int


def answers(deltas: Floats, aimed: Sequence[Aimed], *, tolerance: float = TOLERANCE) -> tuple[Answers, ...]:
    """One entry a criterion. `deltas` (edits by criteria) are verdicts after less before, in [-1, 1], NaN where one of
    them is missing; a criterion is met more where they are positive, whatever its sign in the score."""
    if deltas.shape[0] != len(aimed) or tolerance < 0:
        raise ValueError("The changes do not fit the edits.")
    found = []
    for column in range(deltas.shape[1]):
        own = [row for row, one in enumerate(aimed) if one.column == column and not np.isnan(deltas[row, column])]
        moved = [_right(float(deltas[row, column]), aimed[row].kind, tolerance) for row in own]
        others = [
            (abs(float(deltas[row, other])) > tolerance, one.prompt)
            for row, one in enumerate(aimed)
            if one.column == column
            for other in range(deltas.shape[1])
            if other != column and not np.isnan(deltas[row, other])
        ]
        neutral = [row for row, one in enumerate(aimed) if one.kind is Causal.NEUTRAL]
        still = np.abs(deltas[neutral, column])
        still = still[~np.isnan(still)]
        found.append(
            Answers(
                rate(moved, [aimed[row].prompt for row in own]),
                rate([hit for hit, _ in others], [prompt for _, prompt in others]),
                float(still.mean()) if len(still) else None, len(still),
            )
        )  # fmt: skip
    return tuple(found)


def _right(delta: float, kind: Causal, tolerance: float) -> bool:
    return delta > tolerance if kind is Causal.UPGRADE else delta < -tolerance

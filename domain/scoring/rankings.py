"""From comparisons of answers to scores: win rates, Borda points, strengths after Bradley and Terry.

Pairwise-RL (arXiv 2504.04950) takes mean win rates or a fit of Bradley and Terry of a round robin; YOJO (2604.10966)
ranks by votes on pairs.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special
from scipy.sparse import csgraph

Floats = npt.NDArray[np.float64]
RIDGE = 0.01
"""How strongly strengths are held near 0, so that who never lost has a finite one."""
SAME = 1e-6
"""Scores that differ by less share a rank: a fit is not nearer than that."""


class Method(enum.StrEnum):
    """How wins become scores."""

    WIN_RATE = "win_rate"
    BORDA = "borda"
    BRADLEY_TERRY = "bradley_terry"


class Ties(enum.StrEnum):
    """What a comparison without a winner counts, and whether a winner takes it whole."""

    HALF = "half"
    LEFT_OUT = "left_out"
    DEGREE = "degree"


EVEN = 0.5
ROOM = 1e-9
"""How far from ½, on the scale from −1 to 1, a comparison without room of its own is still a tie."""


class Ranking(NamedTuple):
    """Scores of the answers (NaN where one was never compared); `parts` numbers those that comparisons connect.

    Strengths of answers in different parts say nothing of each other.
    """

    scores: Floats
    parts: npt.NDArray[np.int64]

    @property
    def connected(self) -> bool:
        """Whether every answer can be held against every other."""
        return len(set(self.parts.tolist())) <= 1


def wins(count: int, comparisons: Iterable[tuple[int, int, float]]) -> Floats:
    """The matrix of wins of row over column; a comparison is (first, second, how far the first won, 0 to 1)."""
    table = np.zeros((count, count))
    for first, second, value in comparisons:
        table[first, second] += value
        table[second, first] += 1.0 - value
    return table


def counted(value: float, ties: Ties, *, room: float = 0.0) -> float | None:
    """What the first answer wins by a comparison that says so from 0 to 1; None where it is not counted.

    Within `room` of a tie, as a difference of two scores from 0 to 1, nobody wins: each takes half, or the comparison
    is left out. Else the better answer takes all, or, by `degree`, each what the comparison gives it.
    """
    if abs(2.0 * value - 1.0) <= max(room, ROOM):
        return None if ties is Ties.LEFT_OUT else EVEN
    if ties is Ties.DEGREE:
        return value
    return 1.0 if value > EVEN else 0.0


def of_scores(first: float, second: float) -> float:
    """Two scores of answers that were judged side by side as a comparison from 0 to 1."""
    return min(1.0, max(0.0, EVEN + (first - second) / 2.0))


def places(ranking: Ranking) -> list[int | None]:
    """The rank of each answer within its part, from 1; answers with the same score share the better rank."""
    found: list[int | None] = []
    for score, part in zip(ranking.scores.tolist(), ranking.parts.tolist(), strict=True):
        if math.isnan(score):
            found.append(None)
            continue
        others = ranking.scores[ranking.parts == part]
        found.append(1 + int((others > score + SAME).sum()))
    return found


def rank(table: Floats, method: Method, *, ridge: float = RIDGE) -> Ranking:
    """Scores by wins; `table[i, j]` says how often i won over j, halves for ties."""
    played = table + table.T
    np.fill_diagonal(played, 0.0)
    _, parts = csgraph.connected_components(played > 0, directed=False)
    scores = _METHODS[method](np.where(played > 0, table, 0.0), played, ridge)
    scores = np.where(played.sum(axis=1) > 0, scores, np.nan)
    return Ranking(scores, parts.astype(np.int64))


def likelihood(table: Floats, strengths: Floats) -> float:
    """The log-likelihood of the wins under these strengths."""
    return float((table * special.log_expit(strengths[:, None] - strengths[None, :])).sum())


def _win_rate(table: Floats, played: Floats, _ridge: float) -> Floats:
    """The mean over opponents of the share won, so that a frequent opponent counts once."""
    share = np.divide(table, played, out=np.zeros_like(table), where=played > 0)
    opponents = (played > 0).sum(axis=1)
    rate = np.full(len(table), np.nan)
    np.divide(share.sum(axis=1), opponents, out=rate, where=opponents > 0)
    return rate


def _borda(table: Floats, played: Floats, _ridge: float) -> Floats:
    """Opponents beaten, a draw counting half."""
    ahead = np.where(played > 0, np.sign(table - table.T), 0.0)
    points: Floats = np.where(played > 0, (ahead + 1.0) / 2.0, 0.0).sum(axis=1)
    return points


def _bradley_terry(table: Floats, played: Floats, ridge: float) -> Floats:
    """Strengths of greatest likelihood less ridge · Σ θ² / 2, centred at 0: P(i over j) = 1 / (1 + exp(θj − θi))."""
    if not table.size:
        return np.zeros(0)

    def loss(strengths: Floats) -> tuple[float, Floats]:
        gaps = strengths[:, None] - strengths[None, :]
        missed = table - played * special.expit(gaps)
        value = -likelihood(table, strengths) + 0.5 * ridge * float(strengths @ strengths)
        return value, ridge * strengths - missed.sum(axis=1)

    found = optimize.minimize(loss, np.zeros(len(table)), jac=True, method="L-BFGS-B", options={"gtol": 1e-10,
                              "ftol": 1e-15, "maxiter": 1000})  # fmt: skip
    strengths: Floats = found.x - found.x.mean()
    return strengths


_METHODS = {Method.WIN_RATE: _win_rate, Method.BORDA: _borda, Method.BRADLEY_TERRY: _bradley_terry}


class Cycle(NamedTuple):
    """Answers each of which beats the next, and the last the first."""

    members: tuple[int, ...]


def cycles_of_three(table: Floats) -> tuple[Cycle, ...]:
    """All three-cycles among strict majorities, each once, beginning with its smallest member."""
    beats = table > table.T
    found = []
    for one in range(len(table)):
        for two in np.flatnonzero(beats[one]):
            found += [Cycle((one, int(two), int(three))) for three in np.flatnonzero(beats[two] & beats[:, one])
                      if one < min(two, three)]  # fmt: skip
    return tuple(found)


def agreement(table: Floats, scores: Floats) -> float:
    """The share of comparisons that a ranking gets right, a tie of scores being half right; NaN without any."""
    total = float(table.sum())
    if total <= 0:
        return math.nan
    ahead = np.sign(scores[:, None] - scores[None, :])
    return float((table * (np.nan_to_num(ahead) + 1.0) / 2.0).sum()) / total

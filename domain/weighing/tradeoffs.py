"""Pairwise trade-offs: how many times as important one item is as another, and whether the answers fit together.

Weights are the principal eigenvector of the matrix of ratios, the consistency ratio is (λmax - n)/(n - 1) over
Saaty's random index (*The Analytic Hierarchy Process*, 1980). A comparison that is missing counts as the ratio of the
two weights (Harker, *Mathematical Modelling* 9, 1987); the random index then shrinks with the number missing (Ágoston
and Csató, *Inconsistency thresholds for incomplete pairwise comparison matrices*, Omega 108, 2022).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain import errors

Matrix = npt.NDArray[np.float64]
RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
ACCEPTABLE = 0.1
MOST_RATIO = 100.0
MOST_ITEMS = 40
NAMED = 3
_STEPS = 1000
_CLOSE = 1e-13


class TradeoffsInvalid(errors.Invalid):
    """Comparisons that cannot be read, or that leave items unconnected."""

    default_code = "tradeoffs_invalid"


@dataclass(frozen=True)
class Worst:
    """A comparison that fits the others worst: what was said, and the ratio that the others imply."""

    first: str
    second: str
    said: float
    implied: float

    @property
    def off(self) -> float:
        """By what factor it is off, at least 1."""
        return math.exp(abs(math.log(self.said / self.implied)))


@dataclass(frozen=True)
class Judged:
    """Weights from comparisons by two rules, and how well the comparisons agree with each other.

    `ratio` is None where too few were made to contradict each other; `worst` are those that fit least, worst first.
    """

    weights: dict[str, float]
    geometric: dict[str, float]
    largest: float
    index: float
    ratio: float | None
    given: int
    possible: int
    worst: tuple[Worst, ...]

    @property
    def consistent(self) -> bool:
        """Whether the answers fit together well enough, by Saaty's rule of thumb."""
        return self.ratio is None or self.ratio <= ACCEPTABLE


def judge_tradeoffs(items: Sequence[str], said: Mapping[tuple[str, str], float]) -> Judged:
    """Weights and consistency of comparisons: `said[a, b]` says how many times as important a is as b."""
    logs = _logs(items, said)
    _check_connected(items, logs)
    weights, largest = _eigenvector(logs)
    n, pairs = len(items), int(np.isfinite(logs).sum() - len(items)) // 2
    index = max(0.0, (largest - n) / (n - 1)) if n > 1 else 0.0
    random = random_index(n, n * (n - 1) // 2 - pairs)
    return Judged(
        weights=dict(zip(items, weights.tolist(), strict=True)),
        geometric=dict(zip(items, _geometric(logs).tolist(), strict=True)),
        largest=largest,
        index=index,
        ratio=index / random if random > 0 else None,
        given=pairs,
        possible=n * (n - 1) // 2,
        worst=_worst(items, logs),
    )


def random_index(items: int, missing: int) -> float:
    """Saaty's random index, less in proportion to what is missing; zero where nothing can contradict."""
    if items < 3:
        return 0.0
    whole = RANDOM_INDEX[min(items, len(RANDOM_INDEX) - 1)]
    return max(0.0, whole * (1.0 - 2.0 * missing / ((items - 1) * (items - 2))))


def next_pair(items: Sequence[str], said: Mapping[tuple[str, str], float]) -> tuple[str, str] | None:
    """The pair to ask next: first each item with its neighbour, so that all are linked soon, then wider apart."""
    done = {frozenset(pair) for pair in said}
    for apart in range(1, len(items)):
        for place in range(len(items) - apart):
            pair = (items[place], items[place + apart])
            if frozenset(pair) not in done:
                return pair
    return None


def _logs(items: Sequence[str], said: Mapping[tuple[str, str], float]) -> Matrix:
    """Logarithms of ratios, NaN where nothing was said; refuses what cannot be a comparison."""
    if not 1 <= len(items) <= MOST_ITEMS:
        raise TradeoffsInvalid(f"Compare between 1 and {MOST_ITEMS} items at once.")
    place = {name: number for number, name in enumerate(items)}
    logs = np.full((len(items), len(items)), np.nan)
    np.fill_diagonal(logs, 0.0)
    for (first, second), ratio in said.items():
        at = f"/{first}/{second}"
        if first not in place or second not in place or first == second:
            problem = errors.Problem(at, "is no pair of these items")
            raise TradeoffsInvalid(f"{first!r} and {second!r} are no pair to compare here.", problems=[problem])
        if not (math.isfinite(ratio) and 1 / MOST_RATIO <= ratio <= MOST_RATIO):
            problem = errors.Problem(at, f"from 1/{MOST_RATIO:g} to {MOST_RATIO:g}")
            raise TradeoffsInvalid(
                f"The ratio of {first!r} to {second!r} must lie between 1/100 and 100.", problems=[problem]
            )
        one, other = place[first], place[second]
        if not math.isnan(logs[one, other]):
            problem = errors.Problem(at, "is said twice")
            raise TradeoffsInvalid(f"{first!r} and {second!r} are compared twice.", problems=[problem])
        logs[one, other], logs[other, one] = math.log(ratio), -math.log(ratio)
    return logs


def _check_connected(items: Sequence[str], logs: Matrix) -> None:
    reached = _reached(logs, 0)
    apart = [name for place, name in enumerate(items) if place not in reached]
    if apart:
        raise TradeoffsInvalid(
            f"No comparison links {apart[0]!r} with {items[0]!r} yet; compare a pair that does.",
            code="tradeoffs_unlinked",
        )


def _reached(logs: Matrix, start: int) -> set[int]:
    """Places that comparisons link with one, directly or through others."""
    reached, waiting = {start}, [start]
    while waiting:
        new = {int(column) for column in np.flatnonzero(np.isfinite(logs[waiting.pop()]))} - reached
        reached |= new
        waiting += sorted(new)
    return reached


def _eigenvector(logs: Matrix) -> tuple[Matrix, float]:
    """Principal eigenvector and eigenvalue by powers; a missing ratio is that of the weights, as Harker has it."""
    known = np.isfinite(logs)
    matrix = np.where(known, np.exp(np.where(known, logs, 0.0)), 0.0)
    matrix[np.diag_indices(len(logs))] += (~known).sum(axis=1)
    weights = _geometric(logs)
    for _ in range(_STEPS):
        grown = matrix @ weights
        grown /= grown.sum()
        if np.abs(grown - weights).max() < _CLOSE:
            break
        weights = grown
    return weights, float((matrix @ weights).sum() / weights.sum())


def _geometric(logs: Matrix) -> Matrix:
    """Least squares on logarithms: the geometric mean of each row where all were compared."""
    known = np.isfinite(logs) & ~np.eye(len(logs), dtype=bool)
    laplacian = np.diag(known.sum(axis=1)).astype(np.float64) - known
    right = np.where(known, logs, 0.0).sum(axis=1)
    found = np.exp(np.linalg.lstsq(laplacian, right, rcond=None)[0])
    shares: Matrix = found / found.sum()
    return shares


def _worst(items: Sequence[str], logs: Matrix) -> tuple[Worst, ...]:
    """Each comparison against what the others alone imply; one that alone links two parts contradicts nothing."""
    found = []
    for one, other in zip(*np.nonzero(np.triu(np.isfinite(logs), 1)), strict=True):
        rest = logs.copy()
        rest[one, other] = rest[other, one] = np.nan
        if int(other) in _reached(rest, int(one)):
            weights = _geometric(rest)
            said = math.exp(logs[one, other])
            found.append(Worst(items[one], items[other], said, float(weights[one] / weights[other])))
    return tuple(sorted((one for one in found if one.off > 1 + 1e-9), key=lambda one: -one.off)[:NAMED])

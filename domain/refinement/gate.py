"""What each criterion of a rubric does on labelled pairs, from verdicts that are known; whole columns at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain import errors

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SAME = 1e-9
NORMAL = 1.959963984540054


@dataclasses.dataclass(frozen=True, eq=False)
class Labelled:
    """Pairs of which one answer is known to be better, with verdicts on m criteria.

    `better` and `worse` (n by m) lie in [0, 1] and point upwards for merits and pitfalls alike; NaN where there is no
    verdict or the criterion does not apply. `groups` numbers the prompts, for pairs of one prompt tell the same twice.
    `lengths` (n by 2) are the words of both answers. `weights` are the shares of the criteria. `scores` (n by 2) are
    those of the whole rubric, NaN where there is none.
    """

    names: tuple[str, ...]
    better: Floats
    worse: Floats
    groups: npt.NDArray[np.int64]
    lengths: Floats
    weights: Floats
    scores: Floats

    def __post_init__(self) -> None:
        n, m = self.better.shape
        fits = (
            self.worse.shape == (n, m) and self.groups.shape == (n,) and self.lengths.shape == (n, 2)
            and self.weights.shape == (m,) and self.scores.shape == (n, 2) and len(self.names) == m
        )  # fmt: skip
        if not fits:
            raise ValueError("Pairs, criteria, weights and scores do not fit together.")


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """A share in [0, 1] with its 95 % interval, and how many pairs it was counted on; None where there is none."""

    value: float | None
    low: float | None
    high: float | None
    count: int


class Shift(NamedTuple):
    """On how many pairs a criterion moved the rubric's margin towards the known answer, away from it, or neither."""

    helpful: int
    neutral: int
    misleading: int


@dataclasses.dataclass(frozen=True)
class Criterion:
    """What one criterion does; every share is None where nothing was counted.

    `known` is the share of answers with a verdict. `consistency` is the share of pairs that it decides in which it
    prefers the better answer; pairs that it ties are `tied` and count neither way. `edge` in [-1, 1] is the mean of +1,
    0 and -1 for preferring the better, neither or the worse. `upper` and `lower` are the mean degrees of better and
    worse answers. `met` is the mean degree of all, `spread` its variance (p(1-p) of a binary one, at most 0.25).
    `longer` is the share of decided pairs in which it prefers the longer answer, `shorter_right` its consistency where
    the better answer is the shorter. `share` is its part of the variance of the weighted sum.
    """

    name: str
    known: float
    consistency: Rate
    tied: float | None
    edge: float | None
    upper: float | None
    lower: float | None
    met: float | None
    spread: float | None
    longer: Rate
    shorter_right: Rate
    shift: Shift
    share: float | None


class RubricRate(NamedTuple):
    """How the whole rubric orders the pairs: of those with two scores the right, wrong and tied, and the shift."""

    consistency: Rate
    right: int
    wrong: int
    tied: int
    unscored: int


@dataclasses.dataclass(frozen=True, eq=False)
class Gate:
    """Everything measured; `correlations` (m by m) are NaN where one of two criteria does not vary."""

    criteria: tuple[Criterion, ...]
    rubric: RubricRate
    correlations: Floats
    together: npt.NDArray[np.int64]
    pairs: int
    prompts: int


def measure(given: Labelled) -> Gate:
    """Measure every criterion and the rubric; asks nobody and draws nothing by chance.

    Preference-label consistency is OpenRubrics' (arXiv:2510.07743), edge and mean degrees RRD's (arXiv:2602.05125).
    The shift is C2's rule (arXiv:2604.13618) on the margin of the weighted mean with and without the criterion, where
    C2 takes the judge's own (ours). Raises Invalid where there is no pair.
    """
    if not len(given.groups):
        raise errors.Invalid("There is no labelled pair to measure by.", code="no_pairs")
    better, worse = given.better, given.worse
    sign = np.nan_to_num(_signs(better, worse), nan=0.0)
    there = ~np.isnan(better) & ~np.isnan(worse)
    decided = there & (sign != 0)
    consistency = _rates(sign > 0, decided, given.groups)
    longer, shorter = _by_length(given, sign, decided)
    answers = np.concatenate([better, worse])
    known = ~np.isnan(answers)
    met, spread = _moments(answers, known)
    shifts = _shifts(given)
    shares = _shares(given, answers)
    both = there.sum(axis=0)
    upper, lower = (_means(np.where(there, side, np.nan)) for side in (better, worse))
    criteria = tuple(
        Criterion(
            name=name, known=float(known[:, k].mean()), consistency=consistency[k],
            tied=_number(1 - decided[:, k].sum() / both[k] if both[k] else np.nan),
            edge=_number(sign[:, k].sum() / both[k] if both[k] else np.nan),
            upper=_number(upper[k]), lower=_number(lower[k]), met=_number(met[k]), spread=_number(spread[k]),
            longer=longer[k], shorter_right=shorter[k], shift=shifts[k], share=_number(shares[k]),
        )
        for k, name in enumerate(given.names)
    )  # fmt: skip
    found, together = _correlations(answers, known)
    return Gate(
        criteria, _rubric(given), found, together, pairs=len(given.groups), prompts=len(np.unique(given.groups))
    )


def rate(hits: Sequence[bool], groups: Sequence[int] | None = None) -> Rate:
    """The share of hits with its interval; `groups` says which belong together, each alone where it is left out."""
    column = np.asarray(hits, dtype=bool)[:, None]
    numbers = np.arange(len(column)) if groups is None else np.asarray(groups, dtype=np.int64)
    return _rates(column, np.ones_like(column), numbers)[0]


def _rates(hits: Bools, counted: Bools, groups: npt.NDArray[np.int64]) -> list[Rate]:
    """Shares by column, with Wilson's interval for as many pairs as the prompts are worth.

    That number is r(1-r) over the variance of the ratio between prompts, at most the pairs and, where all prompts
    agree, the prompts themselves (ours).
    """
    place = np.unique(groups, return_inverse=True)[1]
    size = int(place.max()) + 1 if len(place) else 0
    right, total = np.zeros((size, hits.shape[1])), np.zeros((size, hits.shape[1]))
    np.add.at(right, place, (hits & counted).astype(np.float64))
    np.add.at(total, place, counted.astype(np.float64))
    count, seen = total.sum(axis=0), (total > 0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = right.sum(axis=0) / count
        between = ((right - share * total) ** 2).sum(axis=0) / count**2 * seen / np.maximum(seen - 1, 1)
        worth = np.where(between > SAME**2, share * (1 - share) / between, seen)
        worth = np.minimum(worth, count)
    return [_rate(float(share[k]), float(worth[k]), int(count[k])) for k in range(hits.shape[1])]


def _rate(share: float, worth: float, count: int) -> Rate:
    if not count:
        return Rate(None, None, None, 0)
    bend = NORMAL**2 / worth
    middle = (share + bend / 2) / (1 + bend)
    reach = NORMAL * float(np.sqrt(share * (1 - share) / worth + bend / (4 * worth))) / (1 + bend)
    return Rate(share, max(0.0, middle - reach), min(1.0, middle + reach), count)


def _signs(better: Floats, worse: Floats) -> Floats:
    apart = better - worse
    found: Floats = np.where(np.abs(apart) <= SAME, 0.0, np.sign(apart))
    return found


def _by_length(given: Labelled, sign: Floats, decided: Bools) -> tuple[list[Rate], list[Rate]]:
    """How often the longer answer is preferred, and the consistency where the better answer is the shorter."""
    apart = given.lengths[:, 0] - given.lengths[:, 1]
    uneven = decided & (apart != 0)[:, None]
    longer = _rates(sign * np.sign(apart)[:, None] > 0, uneven, given.groups)
    return longer, _rates(sign > 0, decided & (apart < 0)[:, None], given.groups)


def _shifts(given: Labelled) -> list[Shift]:
    """C2's three labels, of the margin with a criterion against that without it; a lone criterion starts from 0."""
    there = ~np.isnan(given.better) & ~np.isnan(given.worse)
    apart = np.where(there, given.better - given.worse, 0.0) * given.weights
    weight = np.where(there, given.weights, 0.0)
    total, heavy = apart.sum(axis=1, keepdims=True), weight.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = np.nan_to_num(total / heavy, nan=0.0)
        rest = heavy - weight
        base = np.where(rest > SAME, (total - apart) / rest, 0.0)
    helpful = there & (whole > np.maximum(0.0, base) + SAME)
    misleading = there & (whole < np.minimum(0.0, base) - SAME)
    count, up, down = (each.sum(axis=0) for each in (there, helpful, misleading))
    return [Shift(int(up[k]), int(count[k] - up[k] - down[k]), int(down[k])) for k in range(len(given.names))]


def _shares(given: Labelled, answers: Floats) -> Floats:
    """The covariance of each weighted criterion with their sum, over the variance of the sum; they add up to one."""
    parts = np.nan_to_num(answers - _means(answers), nan=0.0) * given.weights
    whole = parts.sum(axis=1)
    variance = float((whole * whole).sum())
    if variance <= SAME:
        return np.full(len(given.names), np.nan)
    found: Floats = (parts * whole[:, None]).sum(axis=0) / variance
    return found


def _moments(answers: Floats, known: Bools) -> tuple[Floats, Floats]:
    met = _means(answers)
    apart = np.where(known, answers - met, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return met, (apart**2).sum(axis=0) / known.sum(axis=0)


def _means(columns: Floats) -> Floats:
    there = ~np.isnan(columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(there, columns, 0.0).sum(axis=0) / there.sum(axis=0)
    return found


def _correlations(answers: Floats, known: Bools) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Pearson's correlation of each two columns over the answers known in both, and how many those are."""
    there, value = known.astype(np.float64), np.where(known, answers, 0.0)
    count = there.T @ there
    first = value.T @ there
    square = (value**2).T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = (value.T @ value) / count - first * first.T / count**2
        spread = square / count - (first / count) ** 2
        scale = np.sqrt(spread * spread.T)
        found = np.where(scale > SAME, covariance / scale, np.nan)
    return np.clip(found, -1.0, 1.0), count.astype(np.int64)


def _rubric(given: Labelled) -> RubricRate:
    scored: Bools = np.asarray(~np.isnan(given.scores).any(axis=1))
    sign = np.nan_to_num(_signs(given.scores[:, :1], given.scores[:, 1:]), nan=0.0)
    decided: Bools = np.asarray(scored)[:, None] & (sign != 0)
    right = int((decided & (sign > 0)).sum())
    return RubricRate(
        _rates(sign > 0, decided, given.groups)[0], right, int(decided.sum()) - right,
        tied=int(scored.sum() - decided.sum()), unscored=int((~scored).sum()),
    )  # fmt: skip


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

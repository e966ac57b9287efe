"""What a fit is worth: accuracy on prompts it has not seen, intervals, and how accuracy grows with the pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import threadpoolctl

from domain.weighing.evidence import SAME, Enough, Floats, Pairs
from domain.weighing.fitting import PENALTIES, Fit, Loss, Options, fit, losses

FOLDS = 5
INNER = 3
RESAMPLES = 200
DRAWS = 1000
SIZES = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
Whole = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Accuracy:
    """The share of decided pairs put in the right order, a tie counting half, with a 95 % interval over prompts."""

    value: float
    low: float
    high: float
    pairs: int


@dataclass(frozen=True)
class Grown:
    """Accuracy on unseen prompts after so many pairs."""

    pairs: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Weight:
    """What preferences reveal about one criterion, with a 95 % bootstrap interval, beside what was stated."""

    criterion: str
    revealed: float
    low: float
    high: float
    stated: float

    @property
    def differs(self) -> bool:
        """Whether what was stated lies outside the interval."""
        return not self.low <= self.stated <= self.high


@dataclass(frozen=True, eq=False)
class Report:
    """A fit on all pairs, its weights, and how it predicts prompts it was not fitted on.

    `gain` is the difference of accuracies between fitted and uniform weights on the same pairs.
    """

    fit: Fit
    criteria: tuple[str, ...]
    weights: tuple[Weight, ...]
    fitted: Accuracy
    uniform: Accuracy
    stated: Accuracy
    gain: Accuracy
    curve: tuple[Grown, ...]
    folds: int


def report(enough: Enough, stated: dict[str, float], options: Options, seed: int = 0) -> Report:
    """Fit on all pairs and test across prompts; the same seed gives the same figures.

    Hundreds of small fits follow each other; with more than one thread each of them waits for the others.
    """
    with threadpoolctl.threadpool_limits(1):
        return _report(enough, stated, options, seed)


def _report(enough: Enough, stated: dict[str, float], options: Options, seed: int) -> Report:
    pairs, random = enough.pairs, np.random.default_rng(seed)
    folds = _folds(pairs.prompts, FOLDS, random)
    penalty = _penalty(pairs, options, random)
    whole = fit(pairs, options, penalty)
    right = np.full(len(pairs), np.nan)
    for fold in range(folds.max() + 1):
        seen, unseen = pairs.rows(np.flatnonzero(folds != fold)), np.flatnonzero(folds == fold)
        own = fit(seen, options, _penalty(seen, options, random))
        right[unseen] = _right(pairs.differences[unseen], own.coefficients)
    told = np.array([stated.get(name, 0.0) for name in pairs.criteria])
    by_uniform = _right(pairs.differences, np.ones(len(pairs.criteria)))
    by_stated = _right(pairs.differences, told)
    return Report(
        fit=whole,
        criteria=pairs.criteria,
        weights=_weights(pairs, whole, told, options, random),
        fitted=_accuracy(right, pairs, random),
        uniform=_accuracy(by_uniform, pairs, random),
        stated=_accuracy(by_stated, pairs, random),
        gain=_accuracy(right - by_uniform, pairs, random),
        curve=_curve(pairs, options, penalty, folds, random),
        folds=int(folds.max()) + 1,
    )


def _right(rows: Floats, weights: Floats) -> Floats:
    margin = rows @ weights
    return np.where(np.abs(margin) <= SAME, 0.5, (margin > 0).astype(np.float64))


def _folds(prompts: Sequence[object], most: int, random: np.random.Generator) -> Whole:
    """A fold for each row, the same for all rows of a prompt, of about equal numbers of prompts."""
    places = {prompt: number for number, prompt in enumerate(dict.fromkeys(prompts))}
    order = random.permutation(len(places)) % max(2, min(most, len(places)))
    return np.array([order[places[prompt]] for prompt in prompts], dtype=np.intp)


def _penalty(pairs: Pairs, options: Options, random: np.random.Generator) -> float:
    """The penalty that was given, else the one of least loss on prompts that were left out."""
    if options.penalty is not None:
        return options.penalty
    folds = _folds(pairs.prompts, INNER, random)
    totals = [sum(_loss(pairs, folds, fold, options, penalty) for fold in range(INNER)) for penalty in PENALTIES]
    return PENALTIES[int(np.argmin(totals))]


def _loss(pairs: Pairs, folds: Whole, fold: int, options: Options, penalty: float) -> float:
    seen = pairs.rows(np.flatnonzero(folds != fold))
    unseen = pairs.rows(np.flatnonzero((folds == fold) & pairs.decided))
    if not len(seen) or not len(unseen):
        return 0.0
    found = fit(seen, options, penalty)
    return float(losses(unseen.differences @ found.coefficients, unseen.strength, Loss.PLAIN).sum())


def _accuracy(right: Floats, pairs: Pairs, random: np.random.Generator) -> Accuracy:
    """The mean over decided pairs, with a percentile interval over resamples of whole prompts."""
    places = {prompt: number for number, prompt in enumerate(dict.fromkeys(pairs.prompts))}
    of_row = np.array([places[prompt] for prompt in pairs.prompts])[pairs.decided]
    sums = np.bincount(of_row, right[pairs.decided], minlength=len(places))
    counts = np.bincount(of_row, minlength=len(places))
    means = np.empty(DRAWS)
    for number in range(DRAWS):
        drawn = random.integers(len(places), size=len(places))
        means[number] = sums[drawn].sum() / max(1, counts[drawn].sum())
    low, high = np.quantile(means, [0.025, 0.975])
    return Accuracy(float(sums.sum() / counts.sum()), float(low), float(high), int(counts.sum()))


def _weights(
    pairs: Pairs, whole: Fit, told: Floats, options: Options, random: np.random.Generator
) -> tuple[Weight, ...]:
    """Percentile intervals of the shares over resamples of whole prompts."""
    rows: dict[object, list[int]] = {}
    for place, prompt in enumerate(pairs.prompts):
        rows.setdefault(prompt, []).append(place)
    groups = [np.array(places) for places in rows.values()]
    found = np.empty((RESAMPLES, len(pairs.criteria)))
    for number in range(RESAMPLES):
        drawn = random.integers(len(groups), size=len(groups))
        found[number] = fit(
            pairs.rows(np.concatenate([groups[at] for at in drawn])), options, whole.penalty, whole
        ).shares
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    total = np.abs(told).sum() or 1.0
    return tuple(
        Weight(name, float(whole.shares[at]), float(low[at]), float(high[at]), float(told[at] / total))
        for at, name in enumerate(pairs.criteria)
    )


def _curve(
    pairs: Pairs, options: Options, penalty: float, folds: Whole, random: np.random.Generator
) -> tuple[Grown, ...]:
    """Accuracy on each fold after the first pairs of the others, in a random order of prompts."""
    least = min(int((folds != fold).sum()) for fold in range(folds.max() + 1))
    sizes = [size for size in SIZES if size < least] + [least]
    prompts = list(dict.fromkeys(pairs.prompts))
    place = {prompts[at]: rank for rank, at in enumerate(random.permutation(len(prompts)))}
    order = np.argsort([place[prompt] for prompt in pairs.prompts], kind="stable")
    found = []
    for size in sizes:
        right = np.full(len(pairs), np.nan)
        for fold in range(folds.max() + 1):
            seen = [at for at in order if folds[at] != fold][:size]
            unseen = np.flatnonzero(folds == fold)
            right[unseen] = _right(pairs.differences[unseen], fit(pairs.rows(seen), options, penalty).coefficients)
        one = _accuracy(right, pairs, random)
        found.append(Grown(size, one.value, one.low, one.high))
    return tuple(found)

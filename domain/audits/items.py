"""What each criterion adds: difficulty, discrimination, redundancy, and how many criteria there really are."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from domain.audits.entries import Audit
from domain.audits.grouping import Groups
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import Cell, Column, Figure, Finding, Floats, Holds, Inputs, Need, Unit, graded, written
from domain.audits.taking import SCORER, TooFew, given_answers, scorer

TAIL = 0.27
"""The share of answers at each end that discrimination compares (Kelley, 1939)."""
DEAD = 0.02
SAME = 0.9


@dataclasses.dataclass(frozen=True)
class Items:
    """By criterion, NaN where it is not defined: how many verdicts; the mean in favour; the difference of that between
    the best and worst 27 % by the other criteria; the correlation with the others' sum; bits of information per call
    within a prompt; the largest correlation with another and which one that is."""

    counts: Floats
    difficulty: Floats
    discrimination: Floats
    item_total: Floats
    bits: Floats
    redundancy: Floats
    twin: list[int]
    correlations: Floats
    effective: float
    alpha: float


def analysed(degrees: Floats, weights: Floats, groups: Groups) -> Items:
    """Classical item analysis of verdicts in favour (a pitfall's turned round), weighted as the rubric weighs them.

    The effective number is (Σλ)² / Σλ² over eigenvalues of the criteria's correlations, from 1 to their number (ours);
    α is Cronbach's on the verdicts' covariances.
    """
    good = np.where(weights < 0, 1.0 - degrees, degrees)
    known: npt.NDArray[np.bool_] = np.asarray(~np.isnan(good))
    filled = np.where(known, good, 0.0)
    counts = known.sum(axis=0).astype(np.float64)
    with np.errstate(all="ignore"):
        difficulty = filled.sum(axis=0) / counts
        size = np.abs(weights)
        size = size if size.sum() > 0 else np.ones_like(size)
        got, could = filled @ size, known @ size
        rest_could: Floats = could[:, None] - known * size
        rest = np.where(rest_could > 0, (got[:, None] - filled * size) / rest_could, np.nan)
    correlations, covariances = _pairwise(filled, known)
    total = np.array([_correlation(good[:, j], rest[:, j]) for j in range(good.shape[1])])
    split = np.array([_discrimination(good[:, j], rest[:, j]) for j in range(good.shape[1])])
    apart = np.where(np.eye(len(total), dtype=bool), np.nan, np.abs(correlations))
    some: npt.NDArray[np.bool_] = np.asarray(~np.isnan(apart).all(axis=1))
    twins = [int(np.nanargmax(apart[j])) if some[j] else -1 for j in range(len(total))]
    redundancy = np.array([correlations[j, twin] if twin >= 0 else np.nan for j, twin in enumerate(twins)])
    return Items(
        counts,
        difficulty,
        split,
        total,
        _bits(filled, known, groups),
        redundancy,
        twins,
        correlations,
        _effective(correlations),
        _alpha(covariances),
    )


def _pairwise(filled: Floats, known: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Correlations and covariances over the answers that have both verdicts; NaN where one never differs."""
    there = known.astype(np.float64)
    both = there.T @ there
    with np.errstate(all="ignore"):
        first = (filled.T @ there) / both
        cross = (filled.T @ filled) / both - first * first.T
        square = ((filled**2).T @ there) / both - first**2
        spread = np.sqrt(np.clip(square, 0.0, None) * np.clip(square.T, 0.0, None))
        found = np.where(spread > 1e-12, cross / np.where(spread > 1e-12, spread, 1.0), np.nan)
    return np.clip(found, -1.0, 1.0), cross


def _correlation(one: Floats, other: Floats) -> float:
    there = ~(np.isnan(one) | np.isnan(other))
    if there.sum() < 3 or one[there].std() < 1e-12 or other[there].std() < 1e-12:
        return float("nan")
    return float(np.corrcoef(one[there], other[there])[0, 1])


def _discrimination(one: Floats, rest: Floats) -> float:
    there = ~(np.isnan(one) | np.isnan(rest))
    count = int(TAIL * there.sum())
    if count < 1:
        return float("nan")
    values = one[there][np.argsort(rest[there], kind="stable")]
    return float(values[-count:].mean() - values[:count].mean())


def _bits(filled: Floats, known: npt.NDArray[np.bool_], groups: Groups) -> Floats:
    """What one call tells of the answers to one prompt: the mean entropy of “at least half true” within a prompt."""
    there = groups.sums(known.astype(np.float64))
    true = groups.sums(((filled >= 0.5) & known).astype(np.float64))
    with np.errstate(all="ignore"):
        p = np.where(there > 0, true / np.maximum(there, 1.0), 0.0)
        entropy = -(np.where(p > 0, p * np.log2(p), 0.0) + np.where(p < 1, (1 - p) * np.log2(1 - p), 0.0))
        found: Floats = (entropy * there).sum(axis=0) / there.sum(axis=0)
    return found


def _effective(correlations: Floats) -> float:
    """How many criteria there are by their correlations; those that never differ, or were never judged together, count
    as unrelated."""
    live = ~np.isnan(np.diag(correlations))
    if not live.any():
        return float("nan")
    table = np.nan_to_num(correlations[np.ix_(live, live)], nan=0.0)
    return float(np.trace(table) ** 2 / (table**2).sum())


def _alpha(covariances: Floats) -> float:
    count = len(covariances)
    total = float(np.nansum(covariances))
    if count < 2 or total <= 1e-12 or np.isnan(covariances).any():
        return float("nan")
    return count / (count - 1) * (1 - float(np.trace(covariances)) / total)


def run(inputs: Inputs, params: Params, _rng: np.random.Generator) -> Finding:
    """Every criterion by its figures, the dullest first."""
    table = scorer(inputs, params["scorer"])
    if table.degrees is None or not table.degrees.shape[1]:
        raise TooFew(f"There are no verdicts by criterion of {table.name}.")
    there: npt.NDArray[np.bool_] = np.asarray(~np.isnan(table.degrees).all(axis=1))
    if there.sum() < 3:
        raise TooFew("Fewer than three answers have verdicts.")
    answers = given_answers(inputs).some(there)
    degrees = table.degrees[there]
    weights = np.ones(degrees.shape[1]) if table.weights is None else table.weights
    found = analysed(degrees, weights, answers.groups)
    names = list(table.criteria) or [f"{n + 1}" for n in range(degrees.shape[1])]
    judged = found.counts > 0
    dead = [names[j] for j in range(len(names)) if judged[j] and not found.bits[j] >= DEAD]
    against = [names[j] for j in range(len(names)) if found.item_total[j] < 0]
    twins = sorted(
        {tuple(sorted((j, t))) for j, t in enumerate(found.twin) if t >= 0 and abs(found.redundancy[j]) >= SAME}
    )
    share = Figure(
        "share", "Effective criteria ÷ criteria", found.effective / max(1, int(judged.sum())), unit=Unit.SHARE
    )
    calls = float(np.nansum(found.bits * found.counts) / max(found.counts.sum(), 1.0))
    figures = (
        share,
        Figure("effective", "Effective number of criteria", found.effective, n=int(judged.sum())),
        Figure("alpha", "Cronbach's α", found.alpha),
        Figure("bits", "Bits of information per judge call", calls),
        Figure("dead", "Criteria that tell nothing apart", float(len(dead)), unit=Unit.COUNT),
    )
    order = np.lexsort((np.arange(len(names)), np.nan_to_num(found.bits, nan=-1.0)))
    rows: list[tuple[Cell, ...]] = [
        (
            names[j],
            int(found.counts[j]),
            float(found.difficulty[j]),
            float(found.discrimination[j]),
            float(found.item_total[j]),
            float(found.bits[j]),
            float(found.redundancy[j]),
            names[found.twin[j]] if found.twin[j] >= 0 else None,
        )
        for j in order.tolist()
    ]
    points = Series(
        "criteria",
        [_none(one) for one in found.difficulty],
        [_none(one) for one in found.item_total],
        Form.POINTS,
        ids=names,
    )
    return Finding(
        figures=figures,
        band=graded(share, good=params["good"], poor=params["poor"]),
        rows=tuple(rows),
        reading=_reading(found, int(judged.sum()), dead, against, _twins(found, names, twins)),
        columns=(
            Column("Criterion"),
            Column("Verdicts", Holds.NUMBER),
            Column("In favour", Holds.SHARE),
            Column("Discrimination", Holds.NUMBER),
            Column("Item–total", Holds.NUMBER),
            Column("Bits per call", Holds.NUMBER),
            Column("Nearest correlation", Holds.NUMBER),
            Column("with"),
        ),
        plot=Plot("Criteria", "in favour (difficulty)", "correlation with the others' sum", [points], lines=[0.0]),
        beside=Plot(
            "Correlations of criteria",
            "",
            "",
            columns=names,
            rows=names,
            cells=[[_none(one) for one in row] for row in found.correlations],
        ),
        notes=("A pitfall's verdicts are turned round, so that 1 is always in favour of the answer.",),
    )


def _none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _reading(found: Items, count: int, dead: list[str], against: list[str], twins: str) -> str:
    said = f"{count} criteria do the work of {written(found.effective)}."
    if dead:
        said += (
            f" {_few(dead)} never tell answers to one prompt apart."
            if len(dead) > 1
            else (f" {dead[0]} never tells answers to one prompt apart.")
        )
    said += twins
    if against:
        said += f" {_few(against)} {'run' if len(against) > 1 else 'runs'} against the rest."
    return said


def _twins(found: Items, names: list[str], twins: list[tuple[int, ...]]) -> str:
    """The first of the pairs that say the same, or the opposite, as a sentence."""
    if not twins:
        return ""
    one, other = twins[0]
    same = found.correlations[one, other] > 0
    said = f" {names[one]} and {names[other]} say {'the same' if same else 'the opposite of each other'}"
    return said + (f", and {len(twins) - 1} other pairs are as close." if len(twins) > 1 else ".")


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


AUDIT = Audit(
    kind="items",
    version=1,
    title="Item analysis",
    needs=(Need.SCORES, Need.CRITERIA),
    run=run,
    question="Which criteria earn their judge calls, which repeat others, which run against the rest?",
    source="classical test theory (Kelley 1939; Cronbach 1951); effective number and bits per call are ours",
    policy="A missing verdict counts for nothing: each figure is over the answers that have what it needs.",
    params=(
        SCORER,
        Param("good", "Good from", "number", 0.5, "From this share of effective criteria on it is good.", 0, 1),
        Param("poor", "Poor up to", "number", 0.2, "Up to this share criteria repeat each other.", 0, 1),
    ),
)

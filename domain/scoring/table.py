"""Many answers scored at once: the engine's steps over whole columns, without traces."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from domain.rubric import Gate, GateStep, Group, Rubric, TreeStep, WeightedStep, ancestors, effective_weights
from domain.scoring import terms
from domain.verdicts import Status

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
STATUSES = (Status.OK, Status.NOT_APPLICABLE, *terms.SEVERITY)
CODES: Mapping[Status, int] = {status: code for code, status in enumerate(STATUSES)}
OK, NOT_APPLICABLE = CODES[Status.OK], CODES[Status.NOT_APPLICABLE]
CANNOT_ASSESS = CODES[Status.CANNOT_ASSESS]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Verdicts of n answers (rows) on the m criteria of a rubric, in its order.

    `values` are in [0, 1] where the code is OK and ignored elsewhere; `codes` are places in `STATUSES`, where a verdict
    that was never given counts as CANNOT_ASSESS; `degenerate` marks answers that the content gate decides.
    """

    values: Floats
    codes: Codes
    degenerate: Bools

    def __post_init__(self) -> None:
        if self.values.shape != self.codes.shape or self.degenerate.shape != self.values.shape[:1]:
            raise ValueError("Values, codes and degenerate answers do not fit together.")


@dataclasses.dataclass(frozen=True, slots=True)
class Scores:
    """One entry an answer: raw score and the sum before gates (NaN where there is no score), coverage, and whether
    something is missing."""

    raw: Floats
    summed: Floats
    coverage: Floats
    partial: Bools

    @property
    def display(self) -> Floats:
        """Scores clamped to the range from 0 to 1."""
        return np.clip(self.raw, 0.0, 1.0)


def scores_of(rubric: Rubric, table: Table, *, weights: Mapping[str, float] | None = None) -> Scores:
    """What `score` says of each row, to within rounding; `weights` replaces the rubric's own by criterion id.

    Sums are plain float sums where the engine's are exactly rounded: raw scores agree to about 1e-15 of the sum of
    their parts.
    """
    if table.values.shape[1] != len(rubric.criteria):
        raise ValueError("The table has another number of columns than the rubric has criteria.")
    terms.check_weights(rubric, weights or {})
    effective = effective_weights(rubric, weights)
    weight = np.array([effective[criterion.id] for criterion in rubric.criteria], dtype=np.float64)
    there = table.codes == OK
    value = np.where(there, table.values, 0.0)
    counts = (weight > 0) | np.array([criterion.gate is not None for criterion in rubric.criteria], dtype=bool)
    missing = ~there & (table.codes != NOT_APPLICABLE) & counts
    denies = np.array([terms.policy(rubric, criterion) == "null" for criterion in rubric.criteria], dtype=bool)
    blocked = (missing & denies).any(axis=1)
    tree = any(isinstance(step, TreeStep) for step in rubric.scoring)
    summed = _tree(rubric, there, value, weights) if tree else _weighted(rubric, there, value, weight)
    raw = _gated(rubric, summed, there, value)
    summed = np.where(blocked | table.degenerate, np.nan, summed)
    raw = np.where(blocked, np.nan, raw)
    return Scores(
        raw=np.where(table.degenerate, rubric.content_gate.floor, raw),
        summed=summed,
        coverage=np.where(table.degenerate, 1.0, _coverage(there, missing, weight)),
        partial=missing.any(axis=1) & ~table.degenerate,
    )


def _weighted(rubric: Rubric, there: Bools, value: Floats, weight: Floats) -> Floats:
    step = next(step for step in rubric.scoring if isinstance(step, WeightedStep))
    pitfall = np.array([criterion.is_pitfall for criterion in rubric.criteria], dtype=bool)
    subtract = step.negatives == "subtract"
    worth = np.where(pitfall, -value if subtract else 1.0 - value, value)
    sums: Floats = np.where(there, worth * weight, 0.0).sum(axis=1)
    if step.normalise == "none":
        return np.where(there.any(axis=1), sums, np.nan)
    divisor = everything = _weight_of(there, weight)
    if subtract:
        positive = _weight_of(there & ~pitfall, weight)
        divisor = np.where(positive > 0, positive, everything)
    return _divided(sums, divisor)


def _tree(rubric: Rubric, there: Bools, value: Floats, weights: Mapping[str, float] | None) -> Floats:
    """Means of children by weight from the leaves to the root; a pitfall counts as its absence."""
    children: dict[str | None, list[tuple[Floats, Bools, float]]] = {None: []}
    given = weights or {}
    for place, criterion in enumerate(rubric.criteria):
        leaf = 1.0 - value[:, place] if criterion.is_pitfall else value[:, place]
        own = given.get(criterion.id, criterion.weight)
        children.setdefault(criterion.group, []).append((leaf, there[:, place], own))
    for group in _deepest_first(rubric):
        mean = _mean(children.get(group.id, []), len(value))
        children.setdefault(group.parent, []).append((mean, ~np.isnan(mean), group.weight))
    return _mean(children[None], len(value))


def _deepest_first(rubric: Rubric) -> list[Group]:
    groups = {group.id: group for group in rubric.groups}
    return sorted(rubric.groups, key=lambda group: -len(ancestors(groups, group.id)))


def _mean(children: list[tuple[Floats, Bools, float]], rows: int) -> Floats:
    weighing = [(value, there, weight) for value, there, weight in children if weight > 0]
    if not weighing:
        return np.full(rows, np.nan)
    total = np.zeros(rows)
    sums = np.zeros(rows)
    for value, there, weight in weighing:
        total += np.where(there, weight, 0.0)
        sums += np.where(there, weight * np.where(there, value, 0.0), 0.0)
    return _divided(sums, total)


def _weight_of(chosen: Bools, weight: Floats) -> Floats:
    sums: Floats = np.where(chosen, weight, 0.0).sum(axis=1)
    return sums


def _divided(sums: Floats, divisor: Floats) -> Floats:
    found = np.full(len(sums), np.nan)
    np.divide(sums, divisor, out=found, where=divisor > 0)
    return found


def _gated(rubric: Rubric, summed: Floats, there: Bools, value: Floats) -> Floats:
    """A closed gate's floor is a ceiling; an override sets the score, the lowest one winning."""
    if not any(isinstance(step, GateStep) for step in rubric.scoring):
        return summed
    override = np.full(len(summed), np.inf)
    ceiling = np.full(len(summed), np.inf)
    for place, criterion in enumerate(rubric.criteria):
        if criterion.gate is None:
            continue
        shut = there[:, place] & _shut(criterion.gate, value[:, place])
        floor = np.where(shut, criterion.gate.floor, np.inf)
        ceiling = np.minimum(ceiling, floor)
        if criterion.gate.override:
            override = np.minimum(override, floor)
    start = np.where(np.isfinite(override) & ~np.isnan(summed), override, summed)
    gated: Floats = np.minimum(start, ceiling)
    return gated


def _shut(gate: Gate, value: Floats) -> Bools:
    return value < gate.value if gate.when == "below" else value > gate.value


def _coverage(there: Bools, missing: Bools, weight: Floats) -> Floats:
    """The scored share of the weight that applies; of the count where nothing weighs."""
    scored, lost = _weight_of(there, weight), _weight_of(missing, weight)
    heavy = scored + lost > 0
    count, gone = there.sum(axis=1).astype(np.float64), missing.sum(axis=1)
    share = _divided(np.where(heavy, scored, count), np.where(heavy, scored + lost, count + gone))
    return np.nan_to_num(share, nan=0.0)

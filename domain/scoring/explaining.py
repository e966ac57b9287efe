"""What each criterion gave to a score: its part of the sum where the pipeline adds up, Shapley values where not.

The game: a criterion that joins has the verdict it was given, one that has not joined is not true of the answer (value
0); what is unscored stays unscored, and what steps found of the group stays as it is. So the baseline is the score of
an answer of which no criterion is true.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from domain import pipeline

EXACT_UP_TO = 12
PAIRS = 64
MOST_CELLS = 4_000_000
SEED = 20_250_101
Members = npt.NDArray[np.bool_]


class Explained(enum.StrEnum):
    """How contributions were found."""

    SUM = "sum"
    SHAPLEY = "shapley"
    SAMPLED = "sampled"
    SCALED = "scaled"


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """Contributions that add up to the raw score less the baseline; `error` is the largest standard error of one."""

    contributions: dict[str, float]
    baseline: float
    how: Explained
    error: float | None = None


def explain(passed: Sequence[pipeline.Passed], row: int, absent: float = 0.0) -> Explanation:
    """What each criterion with a value gave to the score of one answer, which has one; `absent` is its value before it
    joins: 0 of an answer, ½ of a pair.

    Exact up to twelve criteria that are not 0; above, the mean over random orders in pairs that mirror each other. Of
    rubrics too large for that, parts of the sum scaled to fit.
    """
    factor = _factor(passed, row)
    names = _names(passed, row)
    if factor is not None:
        return _summed(passed, row, factor)
    players = _players(passed[0].before, row, absent)
    if len(players) <= EXACT_UP_TO:
        found, error, how = _exact(passed, row, players, absent), None, Explained.SHAPLEY
    elif 2 * (len(players) + 1) * len(passed[0].before.items) <= MOST_CELLS:
        found, error = _sampled(passed, row, players, absent)
        how = Explained.SAMPLED
    else:
        return _scaled(passed, row)
    given = dict.fromkeys(names, 0.0)
    given.update(zip((passed[0].before.items[place].id for place in players.tolist()), found, strict=True))
    return Explanation(given, _none(passed, row, absent), how, error)


def _players(before: pipeline.Columns, row: int, absent: float) -> npt.NDArray[np.intp]:
    """The criteria that say something, by their ids, so that their order in the rubric does not matter."""
    places = np.flatnonzero(before.decided[row] & (before.judged[row] != absent)).tolist()
    return np.array(sorted(places, key=lambda place: before.items[place].id), dtype=np.intp)


def _factor(passed: Sequence[pipeline.Passed], row: int) -> float | None:
    """By what the steps after the sum multiply the parts; None where the pipeline does not add up."""
    factor = 1.0
    for one in passed:
        if one.step.couples or (one.step.phase is pipeline.Phase.REDUCE and not one.step.adds_up):
            return None
        if one.step.phase > pipeline.Phase.REDUCE:
            idle = one.step.phase is pipeline.Phase.LIMIT and one.after.raw[row] == one.before.raw[row]
            by = 1.0 if idle else one.step.factor
            if by is None:
                return None
            factor *= by
    return factor


def _names(passed: Sequence[pipeline.Passed], row: int) -> list[str]:
    """The criteria that have a value."""
    first = passed[0].before
    return [first.items[place].id for place in np.flatnonzero(first.decided[row]).tolist()]


def _parts(passed: Sequence[pipeline.Passed], row: int) -> dict[str, float]:
    """What each criterion gave to the sum."""
    summed = _summing(passed)
    before = summed.before.some([row])
    parts = summed.step.parts(before)[0].tolist()
    return {before.items[place].id: parts[place] for place in np.flatnonzero(before.there[0]).tolist()}


def _summed(passed: Sequence[pipeline.Passed], row: int, factor: float) -> Explanation:
    parts = {name: part * factor for name, part in _parts(passed, row).items()}
    late = any(one.step.phase > pipeline.Phase.REDUCE and one.step.factor is not None for one in passed)
    raw, empty = float(passed[-1].after.raw[row]), _summing(passed).step.empty
    return Explanation(parts, raw - math.fsum(parts.values()) if late else empty, Explained.SUM)


def _summing(passed: Sequence[pipeline.Passed]) -> pipeline.Passed:
    """The step that made one number."""
    return next(one for one in passed if one.step.phase is pipeline.Phase.REDUCE)


def _scaled(passed: Sequence[pipeline.Passed], row: int) -> Explanation:
    """Parts of the sum, all by one factor, so that they add up; for rubrics with thousands of criteria."""
    summed = _summing(passed)
    if not summed.step.adds_up:
        names = _names(passed, row)
        return Explanation(dict.fromkeys(names, 0.0), float(passed[-1].after.raw[row]), Explained.SCALED)
    parts, raw, empty = _parts(passed, row), float(passed[-1].after.raw[row]), summed.step.empty
    whole = math.fsum(parts.values())
    by = (raw - empty) / whole if whole else 0.0
    return Explanation({name: part * by for name, part in parts.items()}, empty if whole else raw, Explained.SCALED)


def _none(passed: Sequence[pipeline.Passed], row: int, absent: float) -> float:
    """The score were nothing said by any criterion."""
    return float(pipeline.again_with(passed, row, _members(passed, 1), absent)[0])


def _members(passed: Sequence[pipeline.Passed], count: int) -> Members:
    return np.zeros((count, len(passed[0].before.items)), dtype=bool)


def _exact(passed: Sequence[pipeline.Passed], row: int, players: npt.NDArray[np.intp], absent: float) -> list[float]:
    """Every subset of the criteria."""
    count = len(players)
    masks = np.arange(2**count)
    present = _members(passed, len(masks))
    joined = (masks[:, None] >> np.arange(count) & 1).astype(bool)
    present[:, players] = joined
    score = pipeline.again_with(passed, row, present, absent)
    size = joined.sum(axis=1)
    weight = np.array([1.0 / (count * math.comb(count - 1, n)) for n in range(count)])
    found = []
    for player in range(count):
        without = masks[~joined[:, player]]
        gain = score[without | 1 << player] - score[without]
        found.append(math.fsum((weight[size[without]] * gain).tolist()))
    return found


def _sampled(
    passed: Sequence[pipeline.Passed], row: int, players: npt.NDArray[np.intp], absent: float
) -> tuple[list[float], float | None]:
    """Random orders, each with its reverse, and the largest standard error of their mean."""
    count, items = len(players), len(passed[0].before.items)
    pairs = max(1, min(PAIRS, MOST_CELLS // (2 * (count + 1) * items)))
    rng = np.random.default_rng(SEED)
    halves = [rng.permutation(count) for _ in range(pairs)]
    orders = np.array([order for half in halves for order in (half, half[::-1])])
    ranks = np.argsort(orders, axis=1)
    joined = ranks[:, None, :] < np.arange(count + 1)[None, :, None]
    present = _members(passed, len(orders) * (count + 1))
    present[:, players] = joined.reshape(-1, count)
    steps = np.diff(pipeline.again_with(passed, row, present, absent).reshape(len(orders), count + 1), axis=1)
    gains = np.take_along_axis(steps, ranks, axis=1).reshape(pairs, 2, count).mean(axis=1)
    mean = [math.fsum(column) / pairs for column in gains.T.tolist()]
    error = float((gains.std(axis=0, ddof=1) / math.sqrt(pairs)).max()) if pairs > 1 else None
    return mean, error

"""How well an order of answers follows a labelled one, and which criteria the order does not need."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from domain import scoring
from domain.rubric import Rubric, effective_weights
from domain.scoring import table as tables
from domain.weighing.evidence import Floats

Places = npt.NDArray[np.int64]
MOST_GAIN = 10.0


def ndcg(scores: Sequence[float], gains: Sequence[float], k: int | None = None) -> float | None:
    """Discounted gain of the order by score over that of the best order, with gains of 2^gain - 1.

    Answers of equal scores share the mean gain of their places; None where no order is better than another.
    """
    value, worth = np.asarray(scores, dtype=np.float64), 2.0 ** np.asarray(gains, dtype=np.float64) - 1.0
    if len(value) < 2 or np.ptp(worth) == 0:
        return None
    discount = 1.0 / np.log2(np.arange(len(value)) + 2.0)
    discount[k if k is not None else len(value) :] = 0.0
    order = np.argsort(-value, kind="stable")
    _, tied = np.unique(-value[order], return_inverse=True)
    shared = np.bincount(tied, worth[order]) / np.bincount(tied)
    best = np.sort(worth)[::-1]
    return float((shared[tied] * discount).sum() / (best * discount).sum())


def gains_of(labels: Sequence[float]) -> list[float]:
    """Gains from labels of any unit: the place among the distinct ones from worst, at most 10 apart."""
    distinct, places = np.unique(np.asarray(labels, dtype=np.float64), return_inverse=True)
    scale = min(1.0, MOST_GAIN / max(1, len(distinct) - 1))
    return [float(place * scale) for place in places]


def droppable(
    rubric: Rubric, table: tables.Table, prompts: Sequence[Hashable], weights: dict[str, float]
) -> tuple[str, ...]:
    """Criteria that may go one after the other, lightest first, without any change of order within a prompt.

    A criterion with a gate stays; so does the last one that weighs. Where no two answers to a prompt have a score there
    is no order to keep, and nothing is said to be of no use.
    """
    shares = effective_weights(rubric, weights)
    gated = {one.id for one in rubric.criteria if one.gate is not None}
    order = sorted((name for name, share in shares.items() if share > 0 and name not in gated), key=shares.__getitem__)
    places = _pairs(prompts)
    now = dict(weights)
    groups = [list(dict.fromkeys(prompts)).index(prompt) for prompt in prompts]
    raw = scoring.scores_of(rubric, table, weights=now, groups=groups).raw
    if not comparable(raw, prompts):
        return ()
    wanted = _signs(raw, places)
    gone: list[str] = []
    for name in order:
        if len(gone) == len(order) - 1:
            break
        without = {**now, name: 0.0}
        raw = scoring.scores_of(rubric, table, weights=without, groups=groups).raw
        if np.array_equal(_signs(raw, places), wanted):
            now, gone = without, [*gone, name]
    return tuple(gone)


def comparable(raw: Floats, prompts: Sequence[Hashable]) -> int:
    """How many pairs of answers to one prompt both have a score."""
    first, second = _pairs(prompts)
    return int(np.count_nonzero(~np.isnan(raw[first] - raw[second])))


def _pairs(prompts: Sequence[Hashable]) -> tuple[Places, Places]:
    """Places of all pairs of answers within a prompt."""
    rows: dict[Hashable, list[int]] = {}
    for place, prompt in enumerate(prompts):
        rows.setdefault(prompt, []).append(place)
    first: list[int] = []
    second: list[int] = []
    for of_prompt in rows.values():
        for at, one in enumerate(of_prompt):
            rest = of_prompt[at + 1 :]
            first += [one] * len(rest)
            second += rest
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def _signs(raw: Floats, places: tuple[Places, Places]) -> Floats:
    difference = raw[places[0]] - raw[places[1]]
    signs: Floats = np.where(
        np.isnan(difference), 2.0, np.where(np.abs(difference) <= scoring.SAME, 0.0, np.sign(difference))
    )
    return signs

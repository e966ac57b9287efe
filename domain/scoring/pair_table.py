"""Many pairs scored at once: what `score_pair` says of each, over columns, without traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.rubric import Role, Rubric, effective_weights
from domain.scoring import pairs, statuses, table, terms
from domain.scoring.table import Bools, Floats

_ROUNDING = 1e-12


class PairScores(NamedTuple):
    """One entry a pair: the raw score (NaN where there is none), coverage, and what is missing."""

    raw: Floats
    coverage: Floats
    missing: Bools


def scores_of_pairs(
    rubric: Rubric, given: table.Table, reasons: Sequence[str], *, weights: Mapping[str, float] | None = None,
    hard_rules_first: bool = False,
) -> PairScores:  # fmt: skip
    """The score of every pair; `reasons` is what the content gate said of it, nothing where both are to be judged."""
    terms.check_weights(rubric, weights or {})
    effective = effective_weights(rubric, weights)
    weight = np.array([effective[one.id] for one in rubric.criteria], dtype=np.float64)
    there = given.codes == table.OK
    turn = np.array([-1.0 if one.is_pitfall else 1.0 for one in rubric.criteria])
    leaning = np.where(there, weight * (2.0 * given.values - 1.0) * turn, 0.0)
    weighing = there & (weight > 0)
    counting = _counting(rubric, leaning, weighing) if hard_rules_first else weighing
    divisor = np.where(counting, weight, 0.0).sum(axis=1)
    raw = np.full(len(divisor), np.nan)
    np.divide(np.where(counting, leaning, 0.0).sum(axis=1), 2.0 * divisor, out=raw, where=divisor > 0)
    absent = statuses.missing(rubric, given, weight) & ~given.degenerate[:, None]
    denied = (absent & statuses.denies(rubric)).any(axis=1)
    decided = np.array([pairs.by_rule(reason) if reason else np.nan for reason in reasons])
    raw = np.where(denied, np.nan, np.clip(0.5 + raw, 0.0, 1.0))
    return PairScores(np.where(given.degenerate, decided, raw), _coverage(given, there, absent, weight), absent)


def _counting(rubric: Rubric, leaning: Floats, weighing: Bools) -> Bools:
    """The hard rules where they prefer an answer, else the other criteria, else the hard rules after all."""
    hard = np.array([one.role is Role.HARD_RULE for one in rubric.criteria], dtype=bool)
    prefer = np.abs(np.where(weighing & hard, leaning, 0.0).sum(axis=1)) > _ROUNDING
    others = (weighing & ~hard).any(axis=1)
    chosen: Bools = weighing & np.where((prefer | ~others)[:, None], hard, ~hard)
    return chosen


def _coverage(given: table.Table, there: Bools, absent: Bools, weight: Floats) -> Floats:
    """The scored share of the weight that applies; of the count where nothing weighs."""
    scored, lost = np.where(there, weight, 0.0).sum(axis=1), np.where(absent, weight, 0.0).sum(axis=1)
    heavy = scored + lost > 0
    above = np.where(heavy, scored, there.sum(axis=1))
    below = np.where(heavy, scored + lost, there.sum(axis=1) + absent.sum(axis=1))
    share = np.zeros(len(above))
    np.divide(above, below, out=share, where=below > 0)
    return np.where(given.degenerate, 1.0, share)

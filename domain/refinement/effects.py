"""What edits of a rubric would do on labelled pairs: how it orders them, and which answers it scores otherwise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.refinement.gate import SAME, Bools, Floats, Rate, rate

MOST_MOVED = 10


class Order(NamedTuple):
    """How a rubric orders pairs: right, wrong and tied ones, and the share of the decided ones that are right."""

    right: int
    wrong: int
    tied: int
    consistency: Rate


class Move(NamedTuple):
    """An answer whose score changes: its pair's row, whether it is the better one, and both scores."""

    row: int
    better: bool
    before: float
    after: float


class Effect(NamedTuple):
    """What changes from one wording to another on the pairs that both score.

    `unknown` counts pairs that one of them cannot score yet. `gained` and `lost` are the rows that end nearer to the
    label or farther from it (wrong, tied, right), the widest first; `chance` in [0, 1] is how often so uneven a split
    of them would come by chance (exact sign test, both sides), None where there is none. `moved` are the answers
    whose scores change most, `changed` counts all of them.
    """

    before: Order
    after: Order
    pairs: int
    unknown: int
    gained: tuple[int, ...]
    lost: tuple[int, ...]
    chance: float | None
    moved: tuple[Move, ...]
    changed: int


def effect(before: Floats, after: Floats, groups: npt.NDArray[np.int64]) -> Effect:
    """Compare two wordings on n pairs: `before` and `after` (n by 2) score the better answer and the worse.

    NaN marks what is not known; such pairs are counted and left out on both sides, so that both are measured on the
    same pairs. `groups` numbers the prompts. The choice of figures is ours; the test is Fisher's sign test.
    """
    if before.shape != after.shape or before.shape != (len(groups), 2):
        raise ValueError("The scores do not fit together.")
    rows = np.flatnonzero(~np.isnan(before).any(axis=1) & ~np.isnan(after).any(axis=1))
    first, second, prompts = before[rows], after[rows], groups[rows]
    was, now = _sides(first), _sides(second)
    far = np.abs((second[:, 0] - second[:, 1]) - (first[:, 0] - first[:, 1]))
    gained, lost = (_widest(rows, mask, far) for mask in (now > was, now < was))
    moved, changed = _moved(rows, first, second)
    return Effect(
        _order(was, prompts), _order(now, prompts), len(rows), len(groups) - len(rows), gained, lost,
        _by_chance(len(gained), len(lost)), moved, changed,
    )  # fmt: skip


def _sides(scores: Floats) -> npt.NDArray[np.int64]:
    apart = scores[:, 0] - scores[:, 1]
    return np.where(np.abs(apart) <= SAME, 0, np.sign(apart)).astype(np.int64)


def _order(sides: npt.NDArray[np.int64], groups: npt.NDArray[np.int64]) -> Order:
    right, wrong, decided = sides > 0, sides < 0, sides != 0
    return Order(
        int(right.sum()), int(wrong.sum()), int((~decided).sum()),
        rate(right[decided].tolist(), groups[decided].tolist()),
    )  # fmt: skip


def _widest(rows: npt.NDArray[np.intp], mask: Bools, far: Floats) -> tuple[int, ...]:
    places = np.flatnonzero(mask)
    return tuple(int(rows[place]) for place in places[np.argsort(-far[places], kind="stable")])


def _moved(rows: npt.NDArray[np.intp], first: Floats, second: Floats) -> tuple[tuple[Move, ...], int]:
    far = np.abs(second - first).ravel()
    changed = int((far > SAME).sum())
    order = np.argsort(-far, kind="stable")[: min(changed, MOST_MOVED)]
    found = [divmod(int(place), 2) for place in order]
    return tuple(
        Move(int(rows[row]), side == 0, float(first[row, side]), float(second[row, side])) for row, side in found
    ), changed


def _by_chance(gained: int, lost: int) -> float | None:
    if not gained + lost:
        return None
    from scipy import stats

    return float(stats.binomtest(gained, gained + lost).pvalue)

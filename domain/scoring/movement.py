"""What other weights, gates or verdicts do to the scores and ranks of the same answers."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from domain.scoring.flat import SAME

Floats = npt.NDArray[np.float64]
_DIGITS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Movement:
    """Counts over answers with raw scores before and after; answers without both are counted apart.

    `pairs` are pairs of answers of one prompt, `flipped` those whose order turned round; pairs tied on a side count in
    `tied`. `tau` is the mean over `prompts` of Kendall's tau-b (ties by its own rule), None where no prompt has one:
    fewer than two scored answers, or all equal on a side. `flattened` prompts had a spread and lost it, `spread` ones
    gained one. `lost` answers had a score and have none now; `gained` is the reverse; `unscored` have none on either.
    """

    answers: int
    compared: int
    moved: int
    mean_before: float | None
    mean_after: float | None
    pairs: int
    flipped: int
    tied: int
    prompts: int
    tau: float | None
    flattened: tuple[int, ...]
    spread: tuple[int, ...]
    lost: int
    gained: int
    unscored: int


def compare(before: Floats, after: Floats, prompts: Sequence[int]) -> Movement:
    """Compare raw scores (NaN where there is none) of the same answers; `prompts` says which belong together."""
    old, new = np.round(before, _DIGITS), np.round(after, _DIGITS)
    had, has = ~np.isnan(old), ~np.isnan(new)
    both = had & has
    pairs = flipped = tied = 0
    taus: list[float] = []
    flattened, spread = [], []
    for prompt, places in _together(prompts):
        chosen = places[both[places]]
        if len(chosen) < 2:
            continue
        first, second = old[chosen], new[chosen]
        one, other = _orders(first), _orders(second)
        pairs += len(one)
        flipped += int((one * other < 0).sum())
        tied += int((one * other == 0).sum())
        wide, narrow = np.ptp(first) > SAME, np.ptp(second) > SAME
        if wide and narrow:
            taus.append(tau_b(first, second))
        elif wide:
            flattened.append(prompt)
        elif narrow:
            spread.append(prompt)
    return Movement(
        answers=len(old),
        compared=int(both.sum()),
        moved=int((np.abs(old[both] - new[both]) > SAME).sum()),
        mean_before=float(old[both].mean()) if both.any() else None,
        mean_after=float(new[both].mean()) if both.any() else None,
        pairs=pairs,
        flipped=flipped,
        tied=tied,
        prompts=len(taus),
        tau=float(np.mean(taus)) if taus else None,
        flattened=tuple(flattened),
        spread=tuple(spread),
        lost=int((had & ~has).sum()),
        gained=int((~had & has).sum()),
        unscored=int((~had & ~has).sum()),
    )


def tau_b(first: Floats, second: Floats) -> float:
    """Kendall's tau-b (Kendall 1945), which counts a pair tied on one side as half known; both sides have a spread."""
    from scipy import stats

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(stats.kendalltau(first, second, variant="b").statistic)


def _orders(values: Floats) -> Floats:
    """The sign of each pair: which of the two is higher."""
    rows, columns = np.triu_indices(len(values), 1)
    signs: Floats = np.sign(values[rows] - values[columns])
    return signs


def _together(prompts: Sequence[int]) -> Iterable[tuple[int, npt.NDArray[np.intp]]]:
    names, inverse = np.unique(np.asarray(prompts, dtype=np.int64), return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[order], np.arange(len(names) + 1))
    for place, name in enumerate(names):
        yield int(name), order[bounds[place] : bounds[place + 1]]

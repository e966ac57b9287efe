"""The true mean from few human labels and many verdicts of a judge: prediction-powered inference.

Angelopoulos, Bates, Fannjiang, Jordan and Zrnic, Prediction-Powered Inference (Science 382, 2023); the weight of the
judge after PPI++ (Angelopoulos, Duchi, Zrnic, arXiv:2311.01453, section 6). Labels must be a chance sample.
Ours, as the papers leave small samples open: Student's t instead of the normal, with one degree less for the weight,
which is estimated too; and, where labels have two values or most are the same, no interval narrower than the rule of
three, 3/n to either side, so that labels which happen not to differ do not pretend to certainty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from domain import errors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]
    Column = Sequence[float] | Numbers

FEWEST = 10
CONFIDENCE = 0.95
MOST_LABELS = 10_000_000


class Estimate(NamedTuple):
    """A mean with the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


class Powered(NamedTuple):
    """What labels and verdicts say together, what either says alone, and how much the verdicts were worth.

    `weight` is that of the judge in [0, 1]; `worth` how many labels alone would give as narrow an interval. `judge` is
    the judge's mean over everything, wrong by `bias` where the judge is: its interval does not know that.
    """

    both: Estimate
    labels: Estimate
    judge: Estimate
    bias: float
    weight: float
    n_labels: int
    n_verdicts: int
    worth: float

    @property
    def naive(self) -> float:
        """The judge's mean over everything."""
        return self.judge.value

    @property
    def misled(self) -> bool:
        """Whether the judge's own interval misses what people and judge say together."""
        return not self.judge.low <= self.both.value <= self.judge.high


class Needed(NamedTuple):
    """How many labels in all reach a half-width: with the judge, and without."""

    with_judge: int
    alone: int


class _Spread(NamedTuple):
    labels: float
    judge: float
    own: float
    together: float
    least: float

    def wide(self, half: float, n: int) -> float:
        """A half-width, no less than the rule of three where that holds."""
        return max(half, self.least / n)


def mean(labels: Column, judged: Column, rest: Column) -> Powered:
    """The mean of what people would say of all items.

    `labels` and `judged` are what people and the judge said of the same items, `rest` what the judge said of items
    without a label; all in [0, 1]. Raises Invalid below ten labels, for lengths that differ and values off [0, 1].
    """
    import numpy as np

    said, guessed, others = (np.asarray(values, dtype=float) for values in (labels, judged, rest))
    _check(said, guessed, others)
    n, more = len(said), len(others)
    spread = _spread(said, guessed, others)
    weight = _weight(spread, n, more)
    ends, half = _t(n), _half(spread, weight, n, more)
    judge = _alone(np.concatenate([guessed, others]))
    alone = _interval(float(said.mean()), spread.wide(ends * math.sqrt(spread.labels / n), n))
    value = float((said - weight * guessed).mean()) + (weight * float(others.mean()) if more else 0.0)
    both = _interval(value, spread.wide(half, n)) if weight else alone
    wide = spread.wide(half, n)
    worth = n * (spread.wide(ends * math.sqrt(spread.labels / n), n) / wide) ** 2 if wide else float(n)
    return Powered(both, alone, judge, judge.value - both.value, weight, n, n + more, worth)


def needed(labels: Column, judged: Column, rest: Column, *, half: float) -> Needed:
    """How many labels give an interval of `half` to either side, if further ones are like those at hand.

    The verdicts at hand stay as many as they are. Raises Invalid as `mean`, and for a half-width outside (0, 0.5].
    """
    import numpy as np

    if not 0 < half <= 0.5:
        raise errors.Invalid("The half-width lies above 0 and is at most 0.5.", code="width_invalid")
    said, guessed, others = (np.asarray(values, dtype=float) for values in (labels, judged, rest))
    _check(said, guessed, others)
    spread, total = _spread(said, guessed, others), len(said) + len(others)

    alone = _least(lambda count: spread.wide(_t(count) * math.sqrt(spread.labels / count), count) <= half)
    return Needed(_with_judge(spread, total, half, alone), alone)


def likely_by_chance(judged: Column, rest: Column) -> float | None:
    """How likely the judge's means differ so much where labels were drawn by chance (Welch's test, two-sided).

    Close to 0, the labelled items are not like the others, and no estimate from them holds. None where the judge says
    the same of all, or fewer than two items are on a side.
    """
    import numpy as np
    import scipy.stats

    guessed, others = np.asarray(judged, dtype=float), np.asarray(rest, dtype=float)
    if min(len(guessed), len(others)) < 2:
        return None
    parts = [float(one.var(ddof=1)) / len(one) for one in (guessed, others)]
    if sum(parts) <= 0:
        return None
    apart = abs(float(guessed.mean() - others.mean())) / math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(guessed) - 1) + parts[1] ** 2 / (len(others) - 1))
    return float(2 * scipy.stats.t.sf(apart, freedom))


def _with_judge(spread: _Spread, total: int, half: float, alone: int) -> int:
    """The least number of labels among the verdicts at hand that reaches it; more labels leave fewer verdicts over."""
    import numpy as np
    import scipy.stats

    counts = np.arange(FEWEST, min(total, alone) + 1)
    if spread.judge <= 0 or not len(counts):
        return alone
    more = np.maximum(total - counts, 1e-9)
    weight = np.clip(spread.together / (spread.judge * (1 + counts / more)), 0, 1)
    left = np.maximum(spread.labels - 2 * weight * spread.together + weight**2 * spread.own, 0)
    left *= (counts - 1) / (counts - 2)
    wide = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, counts - 2)
    wide = np.maximum(wide * np.sqrt(left / counts + weight**2 * spread.judge / more), spread.least / counts)
    reached = np.flatnonzero(wide <= half)
    return int(counts[reached[0]]) if len(reached) else alone


def _least(reached: Callable[[int], bool]) -> int:
    """The least number from ten on that reaches it."""
    low, high = FEWEST, MOST_LABELS
    while low < high:
        middle = (low + high) // 2
        if reached(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _check(said: Numbers, guessed: Numbers, others: Numbers) -> None:
    import numpy as np

    if len(said) != len(guessed):
        raise errors.Invalid("Each label needs the judge's verdict on the same item.", code="not_paired")
    if len(said) < FEWEST:
        raise errors.Invalid(
            f"An estimate needs at least {FEWEST} labels; there are {len(said)}.", code="too_few_labels"
        )
    everything = np.concatenate([said, guessed, others])
    if not (np.isfinite(everything).all() and everything.min() >= 0 and everything.max() <= 1):
        raise errors.Invalid("Labels and verdicts lie between 0 and 1.", code="degree_invalid")


def _spread(said: Numbers, guessed: Numbers, others: Numbers) -> _Spread:
    import numpy as np

    judge = float(np.concatenate([guessed, others]).var(ddof=1))
    both = np.cov(said, guessed)
    return _Spread(float(both[0, 0]), judge, float(both[1, 1]), float(both[0, 1]), _least_half(said))


def _least_half(said: Numbers) -> float:
    """Three over the number of labels is the least half-width unless labels are graded and no value is most of them."""
    import numpy as np

    counts = np.unique(said, return_counts=True)[1]
    return 0.0 if len(counts) > 2 and counts.max() * 2 <= len(said) else 3.0


def _weight(spread: _Spread, n: int, more: int) -> float:
    """The weight that makes the variance least (PPI++, example 6.1), kept in [0, 1]."""
    if not more or spread.judge <= 0:
        return 0.0
    return min(max(spread.together / (spread.judge * (1 + n / more)), 0.0), 1.0)


def _half(spread: _Spread, weight: float, n: int, more: int) -> float:
    """The half-width; the weight of the judge is estimated from the labels and costs a degree of freedom."""
    if not weight:
        return _t(n) * math.sqrt(spread.labels / n)
    left = max(spread.labels - 2 * weight * spread.together + weight**2 * spread.own, 0.0) * (n - 1) / (n - 2)
    return _t(n - 1) * math.sqrt(left / n + (weight**2 * spread.judge / more if more else 0.0))


def _interval(value: float, half: float) -> Estimate:
    value = min(max(value, 0.0), 1.0)
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))


def _alone(said: Numbers) -> Estimate:
    half = _t(len(said)) * math.sqrt(said.var(ddof=1) / len(said))
    return _interval(float(said.mean()), max(half, _least_half(said) / len(said)))


def _t(n: int) -> float:
    import scipy.stats

    return float(scipy.stats.t.ppf((1 + CONFIDENCE) / 2, n - 1))

"""From what a judge says to how often that is so: curves fitted on known values, and how well they fit.

A curve takes a judge's probability (or value) in [0, 1] and gives the calibrated one. Known values are degrees in
[0, 1] too; a known ½ counts as half true and half not. scikit-learn fits, and is imported where it is used.
"""

from __future__ import annotations

import bisect
import enum
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from domain import errors

FOLDS = 5
BINS = 10
RESAMPLES = 500
LEAST_OF_EACH = 5
_EDGE = 1e-6
_HALF = 0.5


class Method(enum.StrEnum):
    """The shape of a curve."""

    PLATT = "platt"
    ISOTONIC = "isotonic"


LEAST = {Method.PLATT: 20, Method.ISOTONIC: 50}


class TooFew(errors.Invalid):
    """There are not enough known values to fit a curve."""

    default_code = "calibration_too_few"


class Known(NamedTuple):
    """What a judge said, what is known to be so, both in [0, 1], and the group (a prompt) that must not be split."""

    said: float
    truth: float
    group: str = ""


class Curve(NamedTuple):
    """A fitted curve: `xs` and `ys` are points of a line (isotonic), or slope and offset on the logit (Platt)."""

    method: Method
    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def __call__(self, said: float) -> float:
        """The calibrated probability in [0, 1]."""
        if self.method is Method.PLATT:
            return _sigmoid(self.xs[0] * _logit(said) + self.ys[0])
        return _on_line(self.xs, self.ys, said)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"method": self.method.value, "xs": list(self.xs), "ys": list(self.ys)}


class Bin(NamedTuple):
    """One bin of a reliability plot: what was said on average, what was so, and of how many."""

    said: float
    truth: float
    size: int


class Fit(NamedTuple):
    """How well probabilities fit what is known: expected calibration error with its interval, Brier score, bins."""

    ece: float
    low: float
    high: float
    brier: float
    bins: tuple[Bin, ...]
    size: int


def from_plain(given: Mapping[str, Any]) -> Curve:
    """A curve from JSON; raises Invalid where it is none."""
    try:
        method, xs, ys = Method(given["method"]), tuple(map(float, given["xs"])), tuple(map(float, given["ys"]))
    except (KeyError, TypeError, ValueError):
        raise errors.Invalid("This is no calibration curve.", code="curve_invalid") from None
    if not xs or len(xs) != len(ys) or not all(map(math.isfinite, (*xs, *ys))):
        raise errors.Invalid("A calibration curve needs as many numbers on both axes.", code="curve_invalid")
    return Curve(method, xs, ys)


def lacking(known: Sequence[Known], method: Method) -> str:
    """Why these known values do not do for a method, or an empty text where they do."""
    least = LEAST[method]
    true = sum(one.truth >= _HALF for one in known)
    if len(known) < least:
        return f"{len(known)} known values; {method.value} needs {least}."
    if min(true, len(known) - true) < LEAST_OF_EACH:
        return f"{true} of {len(known)} known values say true; at least {LEAST_OF_EACH} of each kind are needed."
    return ""


def fit(known: Sequence[Known], method: Method) -> Curve:
    """The curve through known values; raises TooFew where there are not enough of them."""
    fault = lacking(known, method)
    if fault:
        raise TooFew(f"Not enough to calibrate by: {fault}")
    return _fitted(known, method)


def cross_fitted(known: Sequence[Known], method: Method, *, seed: int = 0) -> list[float]:
    """What curves say of each known value that they were not fitted on, by folds that keep groups whole."""
    fault = lacking(known, method)
    if fault:
        raise TooFew(f"Not enough to calibrate by: {fault}")
    found = [math.nan] * len(known)
    for held in folds([one.group for one in known], seed=seed):
        inside = set(held)
        rest = [one for place, one in enumerate(known) if place not in inside]
        if len({one.truth >= _HALF for one in rest}) < 2:
            raise TooFew("Not enough to calibrate by: without one fold all known values are of one kind.")
        curve = _fitted(rest, method)
        for place in held:
            found[place] = curve(known[place].said)
    return found


def folds(groups: Sequence[str], *, count: int = FOLDS, seed: int = 0) -> list[list[int]]:
    """Positions in up to `count` folds of nearly equal size; positions of one group stay together where groups do."""
    whole = [group or f"#{place}" for place, group in enumerate(groups)]
    names = sorted(set(whole))
    if len(names) < count:
        whole = [f"#{place}" for place in range(len(groups))]
        names = sorted(set(whole))
    chance = np.random.default_rng(seed)
    order = [names[place] for place in chance.permutation(len(names))]
    sizes = [0] * min(count, len(names))
    members: dict[str, list[int]] = {name: [] for name in names}
    for place, name in enumerate(whole):
        members[name].append(place)
    found: list[list[int]] = [[] for _ in sizes]
    for name in sorted(order, key=lambda each: -len(members[each])):
        least = sizes.index(min(sizes))
        found[least] += members[name]
        sizes[least] += len(members[name])
    return [sorted(one) for one in found if one]


def measure(said: Sequence[float], truth: Sequence[float], *, seed: int = 0) -> Fit:
    """Expected calibration error over ten bins of equal width (percentile bootstrap), Brier score, and the bins."""
    if not said or len(said) != len(truth):
        raise errors.Invalid("A fit is measured on as many probabilities as known values.", code="not_paired")
    xs, ys = np.asarray(said, dtype=float), np.asarray(truth, dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(xs), size=(RESAMPLES, len(xs)))
    low, high = np.percentile([_ece(xs[row], ys[row]) for row in drawn], [2.5, 97.5])
    places = _bins(xs)
    bins = tuple(
        Bin(float(xs[places == n].mean()), float(ys[places == n].mean()), int((places == n).sum()))
        for n in range(BINS)
        if (places == n).any()
    )
    brier = float(((xs - ys) ** 2).mean())
    return Fit(_ece(xs, ys), float(low), float(high), brier, bins, len(xs))


def _ece(said: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> float:
    """Σ over bins of (share of the bin) · |mean said − mean known|."""
    places = _bins(said)
    counts = np.bincount(places, minlength=BINS)
    gaps = np.abs(np.bincount(places, said - truth, minlength=BINS))
    return float(gaps[counts > 0].sum() / len(said))


def _bins(said: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    places: np.ndarray[Any, Any] = np.minimum((said * BINS).astype(int), BINS - 1)
    return places


def _fitted(known: Sequence[Known], method: Method) -> Curve:
    if method is Method.PLATT:
        return _platt(known)
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit([one.said for one in known], [one.truth for one in known])
    return Curve(method, tuple(map(float, model.X_thresholds_)), tuple(map(float, model.y_thresholds_)))


def _platt(known: Sequence[Known]) -> Curve:
    """A logistic line over the logit of what was said, to Platt's smoothed targets."""
    from sklearn.linear_model import LogisticRegression

    true = math.fsum(one.truth for one in known)
    high, low = (true + 1) / (true + 2), 1 / (len(known) - true + 2)
    targets = [low + one.truth * (high - low) for one in known]
    line = [[_logit(one.said)] for one in known]
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(line + line, [1] * len(known) + [0] * len(known), targets + [1 - target for target in targets])
    return Curve(Method.PLATT, (float(model.coef_[0][0]),), (float(model.intercept_[0]),))


def _on_line(xs: Sequence[float], ys: Sequence[float], said: float) -> float:
    place = bisect.bisect_left(xs, said)
    if place == 0:
        return ys[0]
    if place == len(xs):
        return ys[-1]
    x0, x1 = xs[place - 1], xs[place]
    share = (said - x0) / (x1 - x0) if x1 > x0 else 1.0
    return ys[place - 1] + share * (ys[place] - ys[place - 1])


def _logit(said: float) -> float:
    held = min(max(said, _EDGE), 1 - _EDGE)
    return math.log(held / (1 - held))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

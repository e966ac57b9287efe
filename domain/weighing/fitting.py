"""Weights from preferences: Bradley and Terry's model with strength and ties, signs and a penalty.

The answers of a pair differ by d = Σ weight · difference. The preferred one wins with probability σ(d); where pairs
were called equal, Davidson's model (*JASA* 65, 1970) gives e^(d/2) : e^(-d/2) : ν for win, loss and tie. The loss is
convex, so one optimiser (L-BFGS-B, which also keeps signs) finds its only minimum. Strength m enters as the loss of
HelpSteer2-Preference that is asked for: plain -ln σ(d), with a margin -ln σ(d - m), or scaled -m · ln σ(d).
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from domain import errors
from domain.weighing.evidence import Floats, Pairs

MOST_PENALTY = 1000.0
PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)
_LEAST_TIE, _MOST_TIE = -12.0, 12.0


class Loss(enum.StrEnum):
    """What the strength of a preference does."""

    PLAIN = "plain"
    SCALED = "scaled"
    MARGIN = "margin"


@dataclass(frozen=True)
class Options:
    """How to fit: what strength does, whether weights may turn negative, and the L2 penalty on the sum of losses.

    Without a penalty the one of `PENALTIES` is taken that predicts best across prompts.
    """

    loss: Loss = Loss.SCALED
    signed: bool = True
    penalty: float | None = None

    def __post_init__(self) -> None:
        if self.penalty is not None and not 0 < self.penalty <= MOST_PENALTY:
            raise errors.Invalid(
                f"The penalty must be above 0 and at most {MOST_PENALTY:g}.",
                code="penalty_invalid", problems=[errors.Problem("/penalty", "must be above 0")],
            )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients by criterion, Davidson's ν (0 without ties), and the loss that was reached."""

    coefficients: Floats
    tie: float
    loss: float
    penalty: float

    @property
    def shares(self) -> Floats:
        """Coefficients over the sum of their sizes; all zero where nothing was learnt."""
        total = np.abs(self.coefficients).sum()
        return self.coefficients / total if total > 0 else self.coefficients * 0.0


def losses(difference: Floats, strength: Floats, loss: Loss) -> Floats:
    """The loss of decided pairs without ties, one an entry."""
    shift = strength if loss is Loss.MARGIN else 0.0
    scale = strength if loss is Loss.SCALED else 1.0
    found: Floats = scale * np.logaddexp(0.0, shift - difference)
    return found


def fit(pairs: Pairs, options: Options, penalty: float, near: Fit | None = None) -> Fit:
    """The weights of least loss plus `penalty`/2 times their squares; a fit to start near saves steps."""
    from scipy import optimize

    tied = bool(pairs.ties.any())
    columns = pairs.differences.shape[1]
    start = np.zeros(columns + tied)
    if near is not None:
        start[:columns] = near.coefficients
    bounds: list[tuple[float | None, float | None]] = [(0.0 if options.signed else None, None)] * columns
    if tied:
        bounds.append((_LEAST_TIE, _MOST_TIE))
    given = _Given.of(pairs, options.loss)
    found = optimize.minimize(
        _objective, start, args=(given, penalty), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 500, "ftol": 1e-10, "gtol": 1e-6},
    )  # fmt: skip
    tie = math.exp(float(found.x[columns])) if tied else 0.0
    return Fit(np.asarray(found.x[:columns], dtype=np.float64), tie, float(found.fun), penalty)


@dataclass(frozen=True, eq=False)
class _Given:
    """What the optimiser needs at every step."""

    rows: Floats
    ties: npt.NDArray[np.bool_]
    shift: Floats
    scale: Floats

    @staticmethod
    def of(pairs: Pairs, loss: Loss) -> _Given:
        plain, none = np.ones(len(pairs)), np.zeros(len(pairs))
        strength = np.where(pairs.ties, 1.0, pairs.strength)
        shift = np.where(pairs.ties, 0.0, strength) if loss is Loss.MARGIN else none
        return _Given(pairs.differences, pairs.ties, shift, strength if loss is Loss.SCALED else plain)


def _objective(x: Floats, given: _Given, penalty: float) -> tuple[float, Floats]:
    columns = given.rows.shape[1]
    weights = x[:columns]
    d = given.rows @ weights - given.shift
    if len(x) == columns:
        terms: Floats = given.scale * np.logaddexp(0.0, -d)
        slope = given.scale * -_sigmoid(-d)
        gradient = given.rows.T @ slope
    else:
        terms, slope, of_tie = _davidson(d, float(x[columns]), given)
        gradient = np.append(given.rows.T @ slope, of_tie)
    value = float(terms.sum() + penalty / 2 * weights @ weights)
    gradient[:columns] += penalty * weights
    return value, gradient


def _davidson(d: Floats, log_tie: float, given: _Given) -> tuple[Floats, Floats, float]:
    """Losses of Davidson's model, their slopes over d, and that of the whole over ln ν."""
    whole = np.logaddexp(np.logaddexp(d / 2, -d / 2), log_tie)
    terms = given.scale * (whole - np.where(given.ties, log_tie, d / 2))
    win, lose, tie = np.exp(d / 2 - whole), np.exp(-d / 2 - whole), np.exp(log_tie - whole)
    slope = given.scale * ((win - lose) / 2 - np.where(given.ties, 0.0, 0.5))
    return terms, slope, float((given.scale * (tie - given.ties)).sum())


def _sigmoid(x: Floats) -> Floats:
    from scipy import special

    found: Floats = special.expit(x)
    return found


def plain(found: Fit, criteria: tuple[str, ...]) -> dict[str, Any]:
    """The fit as plain values, for a frozen artefact."""
    return {
        "coefficients": dict(zip(criteria, map(float, found.coefficients), strict=True)),
        "tie": found.tie, "penalty": found.penalty,
    }  # fmt: skip

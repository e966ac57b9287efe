"""How far two scorers are apart as reward functions, on a finite sample of answers.

For single turns potential shaping can only add a constant per prompt, so that the canonical form of STARC (arXiv
2309.15257) with values of a fixed policy, the one of least norm, and that of EPIC (arXiv 2006.13900) are the same:
scores less the weighted mean of their prompt. Prompts weigh alike, and the answers of a prompt do.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.audits import measured
from domain.audits.grouping import Groups

Floats = npt.NDArray[np.float64]
NOTHING = 1e-12
"""Beside the largest score, what counts as no difference within any prompt."""


class Norm(enum.StrEnum):
    """By what a canonical reward is measured; all but the last are over answers, `range` is max J − min J."""

    L2 = "l2"
    L1 = "l1"
    LINF = "linf"
    RANGE = "range"


class Canon(enum.StrEnum):
    """What is subtracted within a prompt: the mean (STARC, EPIC), or the largest score (greedy)."""

    MEAN = "mean"
    GREEDY = "greedy"


def weights(groups: Groups) -> Floats:
    """The weight of each answer: 1 / (prompts · answers of its prompt)."""
    found: Floats = 1.0 / (len(groups) * groups.sizes[groups.codes])
    return found


def canonical(values: Floats, groups: Groups, canon: Canon = Canon.MEAN) -> Floats:
    """Scores less their prompt's mean, or its largest."""
    if canon is Canon.MEAN:
        return groups.centred(values)
    found: Floats = values - groups.most(values)[groups.codes]
    return found


def size(canonical_: Floats, groups: Groups, norm: Norm = Norm.L2) -> float:
    """The norm of a canonical reward, from 0."""
    weight = weights(groups)
    match norm:
        case Norm.L2:
            return float(np.sqrt(weight @ canonical_**2))
        case Norm.L1:
            return float(weight @ np.abs(canonical_))
        case Norm.LINF:
            return float(np.abs(canonical_).max(initial=0.0))
        case Norm.RANGE:
            return float((groups.most(canonical_) - groups.least(canonical_)).mean())


def standardised(values: Floats, groups: Groups, norm: Norm = Norm.L2, canon: Canon = Canon.MEAN) -> Floats:
    """The canonical reward divided by its norm; all 0 where scores never differ within a prompt."""
    found = canonical(values, groups, canon)
    length = size(found, groups, norm)
    if length <= NOTHING * max(float(np.abs(values).max(initial=0.0)), np.finfo(float).tiny):
        return np.zeros_like(found)
    divided: Floats = found / length
    return divided


def distance(one: Floats, other: Floats, groups: Groups, norm: Norm = Norm.L2, canon: Canon = Canon.MEAN) -> float:
    """Half the norm of the difference of two standardised rewards, in [0, 1].

    0: the same up to a positive scale and a shift per prompt; 1: reversed; √½ (for L2): unrelated; ½ where only one of
    them is constant within every prompt, and 0 where both are. For L2 it is √((1 − ρ) / 2) with ρ the correlation
    within prompts, EPIC's Pearson distance on canonical rewards.
    """
    gap = standardised(one, groups, norm, canon) - standardised(other, groups, norm, canon)
    return min(1.0, 0.5 * size(gap, groups, norm))


def by_prompt(one: Floats, other: Floats, groups: Groups) -> Floats:
    """The distance on each prompt alone, so that none dominates."""
    first, second = groups.centred(one), groups.centred(other)
    powers = [np.sqrt(groups.sums(values**2)) for values in (first, second)]
    edges = [NOTHING * np.maximum(groups.most(np.abs(values)), np.finfo(float).tiny) for values in (one, other)]
    scaled = [
        np.where((power > edge)[groups.codes], values / np.where(power > edge, power, 1.0)[groups.codes], 0.0)
        for values, power, edge in zip((first, second), powers, edges, strict=True)
    ]
    found: Floats = np.minimum(0.5 * np.sqrt(groups.sums((scaled[0] - scaled[1]) ** 2)), 1.0)
    return found


def uncentred(one: Floats, other: Floats) -> float:
    """√((1 − r) / 2) of the plain correlation: changes under shifts per prompt, and is shown as a warning only."""
    if one.std() <= 0 or other.std() <= 0:
        return 0.0 if one.std() <= 0 and other.std() <= 0 else 0.5
    return float(np.sqrt(max(0.0, 1.0 - float(np.corrcoef(one, other)[0, 1])) / 2.0))


def matrix(tables: Floats, groups: Groups) -> Floats:
    """The distances of all scorers (rows) from each other: symmetric, 0 on the diagonal, within the triangle."""
    root = np.sqrt(weights(groups))
    forms = np.stack([standardised(values, groups) for values in tables]) * root
    found = np.zeros((len(forms), len(forms)))
    for n in range(len(forms) - 1):
        found[n, n + 1 :] = 0.5 * np.sqrt(((forms[n + 1 :] - forms[n]) ** 2).sum(axis=1))
    return np.minimum(found + found.T, 1.0)


class Order(NamedTuple):
    """Comparisons within prompts that neither scorer ties: their prompts, and whether they are ordered oppositely."""

    codes: npt.NDArray[np.intp]
    opposite: Floats
    tied: int


def discordance(one: Floats, other: Floats, groups: Groups) -> Order:
    """Which pairs of answers to one prompt the scorers order oppositely; ties of either are left out and counted."""
    left, right = groups.comparisons
    product = (measured.wins(one[left] - one[right]) - 0.5) * (measured.wins(other[left] - other[right]) - 0.5)
    there = product != 0
    return Order(groups.codes[left[there]], (product[there] < 0).astype(np.float64), int((~there).sum()))


def regret(true: Floats, chosen_by: Floats, groups: Groups) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """What is lost of `true` by taking each prompt's best answer by another scorer, as a share of its range; and for
    which prompts that is defined. Of answers tied at the top the mean counts (ours)."""
    top = chosen_by >= groups.most(chosen_by)[groups.codes]
    got = groups.sums(np.where(top, true, 0.0)) / groups.sums(top.astype(np.float64))
    most, least = groups.most(true), groups.least(true)
    defined = most - least > NOTHING * np.maximum(np.abs(most), np.abs(least))
    lost: Floats = np.where(defined, (most - got) / np.where(defined, most - least, 1.0), 0.0)
    return lost, defined

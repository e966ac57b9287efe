"""The best of n by a proxy: what it is worth by gold, and where gold falls behind."""

from __future__ import annotations

import math

import numpy as np

from domain.audits import resampling
from domain.audits.entries import Audit
from domain.audits.grouping import Groups
from domain.audits.params import Param, Params
from domain.audits.plots import Plot, Series
from domain.audits.shapes import (
    Band,
    Cell,
    Column,
    Figure,
    Finding,
    Floats,
    Holds,
    Inputs,
    Need,
    Unit,
    graded,
    written,
)
from domain.audits.taking import SCORER, TooFew, scored

POINTS = 200
LEAST = 3


def kl(n: int) -> float:
    """How far the best of n is from the policy, in nats: ln n − (n − 1) / n."""
    return math.log(n) - (n - 1) / n


def weights(size: int, n: int) -> Floats:
    """The chance that each of `size` answers, the best first, is the best of n drawn without putting back:
    C(size − 1 − i, n − 1) / C(size, n)."""
    total = math.comb(size, n)
    return np.array([math.comb(size - 1 - i, n - 1) / total for i in range(size)])


def curves(proxy: Floats, gold: Floats, groups: Groups, sizes: list[int]) -> tuple[Floats, Floats]:
    """The unbiased expected proxy and gold of the best of n by the proxy, prompts × sizes (methods 0.2).

    Answers that the proxy ties share their places: each has the mean gold of those tied (ours).
    """
    order = np.lexsort((-proxy, groups.codes))
    by, truth, codes = proxy[order], gold[order], groups.codes[order]
    new = np.concatenate(([True], (codes[1:] != codes[:-1]) | (by[1:] != by[:-1])))
    tied = np.cumsum(new) - 1
    truth = (np.bincount(tied, truth) / np.bincount(tied))[tied]
    chance = np.zeros((len(order), len(sizes)))
    for size in np.unique(groups.sizes):
        rows = (groups.starts[groups.sizes == size][:, None] + np.arange(size)[None, :]).ravel()
        block = np.column_stack([weights(int(size), n) for n in sizes])
        chance[rows] = np.tile(block, (int((groups.sizes == size).sum()), 1))
    found = [np.add.reduceat(chance * column[:, None], groups.starts, axis=0) for column in (by, truth)]
    return found[0], found[1]


def fitted(distances: Floats, gains: Floats) -> Floats:
    """α and β of R(x) = x (α − β x) by least squares, for each row of gains."""
    design = np.column_stack([distances, -(distances**2)])
    found: Floats = np.atleast_2d(gains) @ np.linalg.pinv(design).T
    return found


def gamma(gold: Floats, proxy: Floats, most: float) -> Floats:
    """∫₀ᵏ |f − g| / ∫₀ᵏ f of the fitted gold f and proxy g over KL up to k (RewardMATH, 2410.01729); NaN unless
    the integral of gold is above 0. The difference changes sign at most once, which is integrated exactly."""
    apart = gold - proxy
    slope = apart[:, 1]
    with np.errstate(all="ignore"):
        turn = np.where(slope != 0, apart[:, 0] / np.where(slope != 0, slope, 1.0), np.inf)
    inside = np.where((turn > 0) & (turn < most), turn, most)
    first, whole = _area(apart, inside), _area(apart, np.full(len(apart), most))
    size = np.abs(first) + np.abs(whole - first)
    under = _area(gold, np.full(len(gold), most))
    found: Floats = np.where(under > 0, size / np.where(under > 0, under, 1.0), np.nan)
    return found


def _area(curve: Floats, until: Floats) -> Floats:
    found: Floats = curve[:, 0] * until**2 / 2 - curve[:, 1] * until**3 / 3
    return found


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Both curves over n on the same prompts, γ, and the n from which gold falls."""
    taken = scored(inputs, params["scorer"], least_per_prompt=params["least"])
    answers = taken.answers
    assert answers.gold is not None
    there = ~np.isnan(answers.gold)
    counts = np.bincount(answers.groups.codes[there], minlength=len(answers.groups))
    there &= (counts >= params["least"])[answers.groups.codes]
    if not there.any():
        raise TooFew(f"No prompt has {params['least']} answers with both a score and a gold score.")
    answers, proxy = answers.some(there), taken.scores.values[there]
    gold, groups = answers.gold, answers.groups
    assert gold is not None
    top = int(groups.sizes.min())
    sizes = sorted({1, *(2**n for n in range(1, 12) if 2**n < top), top})
    if top < LEAST or len(sizes) < LEAST:
        raise TooFew("A curve needs prompts with at least three scored answers.")
    found = [
        _scaled(values, proxy if n == 0 else gold, groups)
        for n, values in enumerate(curves(proxy, gold, groups, sizes))
    ]
    distances = np.array([kl(n) for n in sizes])
    figures = _figures(found, distances, sizes, rng)
    band = graded(figures[0], good=params["good"], poor=params["poor"])
    rows: list[tuple[Cell, ...]] = [
        (n, float(distances[place]), float(found[0][:, place].mean()), float(found[1][:, place].mean()))
        for place, n in enumerate(sizes)
    ]
    return Finding(
        figures=tuple(figures),
        band=band,
        reading=_reading(figures, sizes, band),
        rows=tuple(rows),
        columns=(
            Column("n", Holds.NUMBER),
            Column("KL, nats", Holds.NUMBER),
            Column("Proxy gains", Holds.NUMBER),
            Column("Gold gains", Holds.NUMBER),
        ),
        plot=_plot(found, sizes),
        notes=(*taken.notes, _same(len(groups), top)),
    )


def _same(prompts: int, top: int) -> str:
    return (
        f"All n are on the same {prompts:,} prompts; the largest n is the smallest number of answers, {top}. Gains are "
        "over n = 1, in standard deviations within prompts."
    )


def _scaled(curve: Floats, values: Floats, groups: Groups) -> Floats:
    """Gains over n = 1 in pooled standard deviations within prompts."""
    spread = float(np.sqrt((groups.centred(values) ** 2).mean()))
    found: Floats = (curve - curve[:, :1]) / (spread if spread > 1e-12 else 1.0)
    return found


def _figures(found: list[Floats], distances: Floats, sizes: list[int], rng: np.random.Generator) -> list[Figure]:
    wide, most = len(sizes), float(distances[-1])

    def over(means: Floats) -> Floats:
        return gamma(fitted(distances, means[:, wide:]), fitted(distances, means[:, :wide]), most)

    both = np.column_stack([*found])
    drawn = resampling.totals(both, rng) / len(both)
    mean = both.mean(axis=0)
    gammas = over(drawn)
    gammas = gammas[np.isfinite(gammas)]
    low, high = np.percentile(gammas, [2.5, 97.5]).tolist() if 2 * len(gammas) >= len(drawn) else (None, None)
    gold = mean[wide:]
    alpha, beta = fitted(distances, gold)[0].tolist()
    last = np.percentile(drawn[:, -1], [2.5, 97.5]).tolist()
    peak = alpha / (2 * beta) if beta > 0 and alpha > 0 else None
    return [
        Figure("gamma", "Over-optimisation γ", float(over(mean[None, :])[0]), low, high, n=len(both)),
        Figure("gold", f"Gold gained by the best of {sizes[-1]}", float(gold[-1]), *last),
        Figure("proxy", f"Proxy gained by the best of {sizes[-1]}", float(mean[wide - 1])),
        Figure("best_n", "n with the most gold", float(sizes[int(gold.argmax())]), unit=Unit.COUNT),
        Figure("peak", "KL at which fitted gold peaks", peak),
    ]


def _plot(found: list[Floats], sizes: list[int]) -> Plot:
    shown = [float(n) for n in sizes]
    return Plot(
        "Best of n",
        "n",
        "gain over n = 1, standard deviations",
        [
            Series("proxy", shown, found[0].mean(axis=0).tolist()),
            Series("gold", shown, found[1].mean(axis=0).tolist()),
        ],
        lines=[0.0],
    )


def _reading(figures: list[Figure], sizes: list[int], band: Band) -> str:
    by = {one.name: one for one in figures}
    best, gold = by["best_n"].value or 1.0, by["gold"].value or 0.0
    if best >= sizes[-1]:
        said = f"Gold keeps rising up to n = {sizes[-1]}, by {written(gold)} standard deviations"
    elif best <= 1:
        said = "Choosing by this scorer never gains gold"
    else:
        said = f"Gold falls behind after n = {best:.0f}"
    if by["gamma"].value is None:
        return f"{said}; γ is not defined, because gold does not gain."
    words = {Band.GOOD: "little", Band.WATCH: "some", Band.POOR: "much", Band.UNCLEAR: "an unclear amount of"}[band]
    return f"{said}. γ = {by['gamma'].said()}: {words} over-optimisation."


AUDIT = Audit(
    kind="best_of_n",
    version=1,
    title="Best of n",
    needs=(Need.SCORES, Need.GOLD),
    run=run,
    question="Does choosing by this scorer still gain gold when it chooses harder?",
    source="P3; RewardMATH (2410.01729); unbiased best-of-n weights; standardised gains ours",
    policy="Answers that the scorer ties share their places. Answers without a score or without gold are left out.",
    params=(
        SCORER,
        Param("least", "Answers a prompt", "whole", 4, "Prompts with fewer scored answers are left out.", 3, 1024),
        Param("good", "Good up to", "number", 0.3, "Up to this γ there is little over-optimisation.", 0, 10),
        Param("poor", "Poor from", "number", 0.8, "From this γ on there is much.", 0, 10),
    ),
)

"""Scorers side by side on one sample: paired tests, corrected for their number, effect sizes, and how many more prompts
it would take to tell them apart."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.grouping import Groups
from domain.audits.many import credits_, held
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.preferring import credit
from domain.audits.shapes import Band, Cell, Column, Figure, Finding, Floats, Holds, Inputs, Judged, Need, Unit, written
from domain.audits.taking import TooFew, given_answers, given_pairs

FLIPS = 9_999
_AT_ONCE = 2_000_000
MOST_SCORERS = 20
SCORE, ACCURACY, PAIRS = "score", "accuracy", "pairs"
HOLM, BH = "holm", "bh"


def holm(values: Floats) -> Floats:
    """p-values corrected for their number by Holm's steps: at most 1, and never below a smaller one's."""
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    found = np.empty_like(values)
    found[order] = np.minimum(stepped, 1.0)
    return found


def hochberg(values: Floats) -> Floats:
    """p-values corrected for the share of false findings (Benjamini–Hochberg): at most 1, never below a smaller
    one's."""
    count = len(values)
    order = np.argsort(values, kind="stable")
    stepped = np.minimum.accumulate((values[order] * count / np.arange(1, count + 1))[::-1])[::-1]
    found = np.empty_like(values)
    found[order] = np.minimum(stepped, 1.0)
    return found


def mcnemar(one: Floats, other: Floats) -> float | None:
    """The exact two-sided p-value of McNemar's test on what is wholly right (1) or not; None where both are the same
    everywhere. (McNemar 1947; the binomial form for any number of discordant prompts.)"""
    ahead, behind = int(((one == 1) & (other < 1)).sum()), int(((one < 1) & (other == 1)).sum())
    if ahead + behind == 0:
        return None
    from scipy.stats import binomtest

    return float(binomtest(ahead, ahead + behind, 0.5).pvalue)


def sign_flips(differences: Floats, rng: np.random.Generator, *, flips: int = FLIPS) -> Floats:
    """The two-sided p-value that the mean of each column is 0, by flipping signs of rows: paired and free of a
    distribution. (1 + as extreme) / (1 + flips), in (0, 1]."""
    rows = len(differences)
    seen = np.abs(differences.mean(axis=0)) - 1e-12
    extreme = np.zeros(differences.shape[1])
    step = max(1, _AT_ONCE // rows)
    for start in range(0, flips, step):
        signs = rng.integers(0, 2, size=(min(step, flips - start), rows)).astype(np.float64) * 2 - 1
        extreme += (np.abs(signs @ differences / rows) >= seen).sum(axis=0)
    found: Floats = (1 + extreme) / (1 + flips)
    return found


def needed(effect: float, *, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """How many pairs a paired t-test takes to find an effect (mean ÷ standard deviation of differences) with this
    power; None where there is no effect to be found."""
    if not math.isfinite(effect) or abs(effect) < 1e-6:
        return None
    if abs(effect) > 3:
        return 3
    from statsmodels.stats.power import TTestPower

    found = TTestPower().solve_power(effect_size=abs(effect), power=power, alpha=alpha, alternative="two-sided")
    return math.ceil(float(np.squeeze(found)))


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """What each scorer reaches on the prompts that all of them scored, and every pair of them tested."""
    by = params["by"]
    if by == "auto":
        answers = given_answers(inputs)
        by = ACCURACY if answers.correct is not None and not np.isnan(answers.correct).all() else SCORE
    prompts, worth = _worth(inputs, by)
    return _compared(_Sample([one.name for one in inputs.scores], prompts, worth, by), params, rng)


def run_pairs(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """The same of judges on pairs of which the better answer is known: those who compare and those who score."""
    pairs = given_pairs(inputs)
    sides = [*pairs.judged, *(_by_margin(name, gaps) for name, gaps in pairs.margins.items())]
    sides = [one for one in sides if not (np.isnan(one.first) & np.isnan(one.second)).all()]
    if len(sides) < 2:
        raise TooFew("Fewer than two judges said anything of these pairs.")
    names = [one.name for one in sides]
    asked = [~np.isnan(one.first) | ~np.isnan(one.second) for one in sides]
    shared = np.logical_and.reduce(asked)
    if not shared.any():
        raise TooFew("No pair was judged by all.")
    groups = Groups.of([pairs.prompts[n] for n in np.flatnonzero(shared).tolist()])
    worth = np.column_stack([groups.means(credit(one, tie=params["tie"])[shared]) for one in sides])
    return _compared(_Sample(names, list(groups.names), worth, PAIRS), params, rng)


def _by_margin(name: str, gaps: Floats) -> Judged:
    """What a scorer of single answers says of pairs by the difference of its scores."""
    return Judged(name, np.sign(gaps) / 2 + 0.5, np.full(len(gaps), np.nan), once=True)


class _Sample(NamedTuple):
    """What each scorer (a column) is worth on the same prompts (rows), and by what that is counted."""

    names: list[str]
    prompts: list[str]
    worth: Floats
    by: str


def _compared(sample: _Sample, params: Params, rng: np.random.Generator) -> Finding:
    """What each is worth on the same prompts, and every two of them tested."""
    names, prompts, worth, by = sample
    if len(names) > MOST_SCORERS:
        raise TooFew(f"At most {MOST_SCORERS} scorers are compared at once.")
    if len(prompts) < 2:
        raise TooFew("Fewer than two prompts were scored by all.")
    pairs = list(itertools.combinations(range(len(names)), 2))
    differences = np.column_stack([worth[:, a] - worth[:, b] for a, b in pairs])
    raw = sign_flips(differences, rng)
    corrected = hochberg(raw) if params["correction"] == BH else holm(raw)
    unit = Unit.NUMBER if by == SCORE else Unit.SHARE
    means = [
        measured.mean(name, name, values=worth[:, n], codes=None, rng=rng, unit=unit) for n, name in enumerate(names)
    ]
    gaps = [
        measured.mean("gap", "gap", values=differences[:, n], codes=None, rng=rng, unit=unit) for n in range(len(pairs))
    ]
    effects = [_effect(differences[:, n]) for n in range(len(pairs))]
    more = [needed(one, power=params["power"], alpha=params["alpha"] / len(pairs)) for one in effects]
    best = max(range(len(names)), key=lambda n: (means[n].value or 0.0, -n))
    lead = _lead(best, pairs, means)
    clear = corrected[lead] <= params["alpha"]
    rows: list[tuple[Cell, ...]] = []
    for n, (a, b) in enumerate(pairs):
        short = None if more[n] is None else max(0, (more[n] or 0) - len(prompts))
        rows.append(
            (
                names[a],
                names[b],
                gaps[n].value,
                gaps[n].low,
                gaps[n].high,
                float(raw[n]),
                float(corrected[n]),
                None if by == SCORE else mcnemar(worth[:, a], worth[:, b]),
                effects[n] if math.isfinite(effects[n]) else None,
                None if corrected[n] <= params["alpha"] else short,
            )
        )
    headline = Figure(
        "p", "p of the best against the next, corrected", float(corrected[lead]), n=len(prompts), unit=Unit.NUMBER
    )
    bars = Series(
        "mean", [one.value for one in means], names, Form.BARS, [one.low for one in means], [one.high for one in means]
    )
    return Finding(
        figures=(headline, Figure("effect", "Effect of the best against the next", abs(effects[lead])), *means),
        band=Band.GOOD if clear else Band.UNCLEAR,
        reading=_reading(names, pairs[lead], best, gaps[lead], corrected[lead], clear, more[lead], len(prompts)),
        columns=(
            Column("Scorer"),
            Column("Another"),
            Column("Difference", Holds.NUMBER),
            Column("from", Holds.NUMBER),
            Column("to", Holds.NUMBER),
            Column("p", Holds.NUMBER),
            Column("p, corrected", Holds.NUMBER),
            Column("p, McNemar", Holds.NUMBER),
            Column("Effect", Holds.NUMBER),
            Column("More prompts needed", Holds.NUMBER),
        ),
        rows=tuple(rows),
        plot=Plot("Scorers", "mean", "", [bars], across=True),
        notes=(_WHAT[by], _tested(len(prompts), len(pairs), params["power"], params["correction"])),
    )


_WHAT = {
    ACCURACY: "Compared is whether the right answer stands at the top of each prompt; ties share it.",
    SCORE: "Compared is the mean score of each prompt: that says something only where scales are alike.",
    PAIRS: "Compared is how often the better answer of a pair is preferred, over the pairs and orders of a prompt that "
    "all were asked; what one of them could not read at all is left out for all.",
}


def _tested(prompts: int, comparisons: int, power: float, correction: str) -> str:
    how = "by Benjamini and Hochberg" if correction == BH else "by Holm"
    return (
        f"Sign-flip tests on {prompts:,} prompts, corrected {how} for {comparisons} comparisons; needed prompts are "
        f"for a power of {power:g}. McNemar's exact test looks at prompts that one has wholly right and the other not, "
        "and is not corrected."
    )


def _worth(inputs: Inputs, by: str) -> tuple[list[str], Floats]:
    """What each scorer is worth on each prompt, on the prompts where all have something."""
    if by == ACCURACY:
        given = [held(inputs, one.name) for one in inputs.scores]
        return list(given[0].answers.groups.names), np.column_stack([credits_(one.by_prompt)["split"] for one in given])
    groups = given_answers(inputs).groups
    there = ~np.isnan(np.stack([one.values for one in inputs.scores])).any(axis=0)
    count = groups.sums(np.asarray(there, dtype=np.float64))
    known = count > 0
    columns = [groups.sums(np.where(there, one.values, 0.0))[known] / count[known] for one in inputs.scores]
    return [name for name, kept in zip(groups.names, known.tolist(), strict=True) if kept], np.column_stack(columns)


def _effect(differences: Floats) -> float:
    """Cohen's d of pairs: the mean over the standard deviation of differences (ddof 1)."""
    spread = float(differences.std(ddof=1))
    mean = float(differences.mean())
    if spread < 1e-12:
        return 0.0 if abs(mean) < 1e-12 else math.copysign(math.inf, mean)
    return mean / spread


def _lead(best: int, pairs: list[tuple[int, int]], means: list[Figure]) -> int:
    """The comparison of the best with the next best."""
    after = max((n for n in range(len(means)) if n != best), key=lambda n: (means[n].value or 0.0, -n))
    return pairs.index((min(best, after), max(best, after)))


def _reading(  # noqa: PLR0917
    names: list[str], pair: tuple[int, int], best: int, gap: Figure, p: float, clear: bool, more: int | None, n: int
) -> str:
    other = names[pair[1] if pair[0] == best else pair[0]]
    size = written(abs(gap.value or 0.0), gap.unit)
    if clear:
        return f"{names[best]} is better than {other}, the next, by {size} (p = {p:.2g}, corrected)."
    if more is None:
        return f"{names[best]} and {other} are the same on these {n:,} prompts."
    short = max(0, more - n)
    said = f"{names[best]} leads {other} by {size}, which these {n:,} prompts cannot tell from chance (p = {p:.2g})."
    return f"{said} You need {short:,} more prompts." if short else f"{said} A sample of its own should decide."


_PARAMS = (
    Param("alpha", "Level", "number", 0.05, "Below it a difference counts, after correction.", 0.0001, 0.5),
    Param("power", "Power", "number", 0.8, "How surely the needed sample would find the difference.", 0.5, 0.99),
    Param(
        "correction",
        "Correction",
        "choice",
        HOLM,
        "For many comparisons: Holm against any false one, bh against their share.",
        choices=(HOLM, BH),
    ),
)

BY_PAIRS = Audit(
    kind="pair_comparison",
    version=1,
    title="Comparison on pairs",
    needs=(Need.PAIRS, Need.JUDGED),
    run=run_pairs,
    question="Which of these judges prefers the better answer more often, and is that more than chance?",
    source="sign-flip test, McNemar 1947, Holm 1979, Benjamini and Hochberg 1995, power of the paired t-test; the "
    "choice is ours",
    policy="A pair asked in both orders is worth the mean of both; an unread order is worth nothing. Only pairs that "
    "all were asked count.",
    params=(
        Param("tie", "A tie is worth", "number", 0.0, "0 is a loss, ½ a shared win.", 0, 1),
        *_PARAMS,
    ),
)

AUDIT = Audit(
    kind="comparison",
    version=2,
    title="Comparison",
    needs=(Need.SCORES, Need.SECOND),
    run=run,
    question="Which of these versions, judges or strategies is better, and is that more than chance?",
    source="sign-flip test, McNemar 1947, Holm 1979, Benjamini and Hochberg 1995, Cohen's d of pairs, power of the "
    "paired t-test; the choice is ours",
    policy="Of answers tied at the top each has its share. Only prompts that every scorer scored count, except that a "
    "right answer without a score is a loss.",
    params=(
        Param(
            "by",
            "Compared by",
            "choice",
            "auto",
            "By accuracy where right answers are known, else by mean score.",
            choices=("auto", ACCURACY, SCORE),
        ),
        *_PARAMS,
    ),
)

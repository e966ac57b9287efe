"""Scorers side by side on one sample: paired tests, corrected for their number, effect sizes, and how many more prompts
it would take to tell them apart."""

from __future__ import annotations

import itertools
import math

import numpy as np

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.many import credits_, held
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import Band, Cell, Column, Figure, Finding, Floats, Holds, Inputs, Need, Unit, written
from domain.audits.taking import TooFew, given_answers

FLIPS = 9_999
_AT_ONCE = 2_000_000
MOST_SCORERS = 20
SCORE, ACCURACY = "score", "accuracy"


def holm(values: Floats) -> Floats:
    """p-values corrected for their number by Holm's steps: at most 1, and never below a smaller one's."""
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    found = np.empty_like(values)
    found[order] = np.minimum(stepped, 1.0)
    return found


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
    if len(inputs.scores) > MOST_SCORERS:
        raise TooFew(f"At most {MOST_SCORERS} scorers are compared at once.")
    prompts, worth = _worth(inputs, by)
    names = [one.name for one in inputs.scores]
    if len(prompts) < 2:
        raise TooFew("Fewer than two prompts were scored by all.")
    pairs = list(itertools.combinations(range(len(names)), 2))
    differences = np.column_stack([worth[:, a] - worth[:, b] for a, b in pairs])
    raw = sign_flips(differences, rng)
    corrected = holm(raw)
    unit = Unit.SHARE if by == ACCURACY else Unit.NUMBER
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
            Column("Effect", Holds.NUMBER),
            Column("More prompts needed", Holds.NUMBER),
        ),
        rows=tuple(rows),
        plot=Plot("Scorers", "mean", "", [bars], across=True),
        notes=(_WHAT[by], _tested(len(prompts), len(pairs), params["power"])),
    )


_WHAT = {
    ACCURACY: "Compared is whether the right answer stands at the top of each prompt; ties share it.",
    SCORE: "Compared is the mean score of each prompt: that says something only where scales are alike.",
}


def _tested(prompts: int, comparisons: int, power: float) -> str:
    return (
        f"Sign-flip tests on {prompts:,} prompts, corrected by Holm for {comparisons} comparisons; needed prompts are "
        f"for a power of {power:g}."
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


AUDIT = Audit(
    kind="comparison",
    version=1,
    title="Comparison",
    needs=(Need.SCORES, Need.SECOND),
    run=run,
    question="Which of these versions, judges or strategies is better, and is that more than chance?",
    source="sign-flip test, Holm's correction, Cohen's d of pairs, power of the paired t-test; the choice is ours",
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
        Param("alpha", "Level", "number", 0.05, "Below it a difference counts, after correction.", 0.0001, 0.5),
        Param("power", "Power", "number", 0.8, "How surely the needed sample would find the difference.", 0.5, 0.99),
    ),
)

"""How far two scorers, or a scorer and people's preferences, agree."""

from __future__ import annotations

import numpy as np

from domain import agreement
from domain.audits import measured, resampling
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import (
    MOST_ROWS,
    Cell,
    Column,
    Figure,
    Finding,
    Floats,
    Holds,
    Inputs,
    Need,
    Pairs,
    Unit,
    graded,
    written,
)
from domain.audits.taking import TooFew, given_answers, given_pairs, scorer

GRADES = 20
"""Up to so many different values scores count as grades, and have a quadratic kappa."""


def ranked(values: Floats) -> Floats:
    """Ranks, ties sharing their mean rank."""
    from scipy.stats import rankdata

    found: Floats = np.asarray(rankdata(values), dtype=np.float64)
    return found


def correlated(name: str, title: str, one: Floats, other: Floats, rng: np.random.Generator) -> Figure:
    """The correlation of two columns with its interval over rows; of ranks it is Spearman's, whose interval draws the
    ranks that were given (ours)."""
    first, second = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((first @ first) * (second @ second)))
    if spread < 1e-12:
        return Figure(name, title, None, n=len(one))
    sums = np.column_stack([one * other, one, other, one**2, other**2, np.ones(len(one))])
    low, high = resampling.interval(sums, _from_sums, rng)
    return Figure(name, title, float(first @ second / spread), low, high, n=len(one))


def _from_sums(sums: Floats) -> Floats:
    n = sums[:, 5]
    cross = sums[:, 0] - sums[:, 1] * sums[:, 2] / n
    square = (sums[:, 3] - sums[:, 1] ** 2 / n) * (sums[:, 4] - sums[:, 2] ** 2 / n)
    found: Floats = np.where(square > 0, cross / np.sqrt(np.where(square > 0, square, 1.0)), np.nan)
    return found


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Spearman, Pearson, and for grades quadratic kappa and the share of equal ones, over answers that both scored."""
    answers = given_answers(inputs)
    first = scorer(inputs, params["first"])
    second = (
        scorer(inputs, params["second"])
        if params["second"]
        else next((one for one in inputs.scores if one.name != first.name), first)
    )
    there = ~(np.isnan(first.values) | np.isnan(second.values))
    if there.sum() < 3 or second is first:
        raise TooFew("Two scorers have to share at least three answers.")
    one, other = first.values[there], second.values[there]
    figures = [
        correlated("spearman", "Spearman's correlation", ranked(one), ranked(other), rng),
        correlated("pearson", "Pearson's correlation", one, other, rng),
    ]
    if len(np.unique(np.concatenate([one, other]))) <= GRADES:
        kappa = agreement.cohen_kappa(one.tolist(), other.tolist(), weights="quadratic")
        figures.append(Figure("kappa", "Quadratic weighted kappa", kappa, n=len(one)))
        figures.append(Figure("equal", "Equal grades", float((one == other).mean()), unit=Unit.SHARE))
    figures.append(
        measured.mean(
            "gap", f"{first.name} less {second.name}", values=one - other, codes=None, rng=rng, unit=Unit.NUMBER
        )
    )
    ids = [answers.ids[n] for n in np.flatnonzero(there).tolist()]
    prompts = [answers.prompts[n] for n in np.flatnonzero(there).tolist()]
    apart = np.abs(ranked(one) - ranked(other)) / len(one)
    order = np.lexsort((np.arange(len(apart)), -apart)).tolist()
    rows: list[tuple[Cell, ...]] = [
        (prompts[n], ids[n], float(one[n]), float(other[n]), float(apart[n])) for n in order[:MOST_ROWS]
    ]
    shown = sorted({*order[:50], *range(0, len(one), max(1, len(one) // 500))})
    points = Series(
        "answers",
        [float(one[n]) for n in shown],
        [float(other[n]) for n in shown],
        Form.POINTS,
        ids=[ids[n] for n in shown],
    )
    lost = int((~there).sum())
    return Finding(
        figures=tuple(figures),
        band=graded(figures[0], good=params["good"], poor=params["poor"]),
        reading=f"{first.name} and {second.name} rank {len(one):,} answers with a correlation of {figures[0].said()}"
        + (f"; {figures[3].said()} of their grades are equal." if len(figures) > 3 else "."),
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Answer", Holds.RESPONSE),
            Column(first.name, Holds.NUMBER),
            Column(second.name, Holds.NUMBER),
            Column("Ranks apart", Holds.SHARE),
        ),
        rows=tuple(rows),
        left_out=max(0, len(one) - MOST_ROWS),
        plot=Plot("Scores", first.name, second.name, [points]),
        notes=(f"{lost:,} answers that one of them did not score are left out.",) if lost else (),
    )


def run_strength(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Whether margins grow with how strongly people prefer: Spearman, and accuracy by strength (HelpSteer2-Preference,
    2410.01257); a tie is worth half."""
    pairs = given_pairs(inputs)
    name, margin = margin_of(pairs, params["judge"])
    assert pairs.strength is not None
    there = ~(np.isnan(margin) | np.isnan(pairs.strength))
    if there.sum() < 3:
        raise TooFew("Fewer than three pairs have both a margin and a strength.")
    given, strength = margin[there], pairs.strength[there]
    found = correlated(
        "spearman", "Spearman's correlation of margin and strength", ranked(given), ranked(strength), rng
    )
    worth = measured.wins(given)
    levels = np.unique(strength).tolist() if len(np.unique(strength)) <= 10 else []
    bands = _levels(strength, levels)
    by = [
        measured.mean(f"strength_{label}", f"strength {label}", values=worth[mask], codes=None, rng=rng)
        for label, mask in bands
    ]
    places = np.flatnonzero(there)
    wrong = [n for n in np.lexsort((places, given, -strength)).tolist() if given[n] <= 0]
    rows: list[tuple[Cell, ...]] = [
        (
            pairs.ids[places[n]],
            pairs.prompts[places[n]],
            pairs.better[places[n]],
            pairs.worse[places[n]],
            float(strength[n]),
            float(given[n]),
        )
        for n in wrong
    ]
    line = Series(
        "accuracy, ties by half",
        [one.title for one in by],
        [one.value for one in by],
        Form.BARS,
        [one.low for one in by],
        [one.high for one in by],
    )
    strongest = by[-1]
    return Finding(
        figures=(found, *by),
        band=graded(strongest, good=params["good"], poor=params["poor"]),
        reading=f"Margins of {name} and people's strength of preference correlate by {found.said()}; where people are "
        f"surest it is right in {strongest.said()}, where they are least sure in {by[0].said()}.",
        columns=(
            Column("Pair", Holds.PAIR),
            Column("Prompt", Holds.PROMPT),
            Column("Better", Holds.RESPONSE),
            Column("Worse", Holds.RESPONSE),
            Column("Strength", Holds.NUMBER),
            Column("Margin", Holds.NUMBER),
        ),
        rows=tuple(rows),
        plot=Plot("Accuracy by strength", "", "accuracy", [line], lines=[0.5]),
    )


def margin_of(pairs: Pairs, name: str) -> tuple[str, Floats]:
    """The margins of a voter: scores apart, or how far a judge preferred the better answer, less ½."""
    if pairs.margins and (not name or name in pairs.margins):
        chosen = name or next(iter(pairs.margins))
        return chosen, pairs.margins[chosen]
    for judge in pairs.judged:
        if not name or judge.name == name:
            both = np.stack([judge.first, judge.second])
            count = (~np.isnan(both)).sum(axis=0)
            total = np.nansum(both, axis=0)
            return judge.name, np.where(count > 0, total / np.maximum(count, 1), np.nan) - 0.5
    raise TooFew("There are no margins or verdicts of this judge.")


def _levels(strength: Floats, levels: list[float]) -> list[tuple[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
    if levels:
        return [(written(level), strength == level) for level in levels]
    bounds = np.quantile(strength, [1 / 3, 2 / 3])
    place = np.searchsorted(bounds, strength)
    return [(name, place == n) for n, name in enumerate(("low", "middle", "high")) if (place == n).any()]


AUDIT = Audit(
    kind="agreement",
    version=1,
    title="Agreement of two scorers",
    needs=(Need.SCORES, Need.SECOND),
    run=run,
    question="Do two scorers grade and rank answers alike?",
    source="P17; Spearman 1904, Cohen 1968",
    policy="Ties share their mean rank. Answers that one of the two did not score are left out and counted.",
    params=(
        Param("first", "First scorer", "text", "", "The first where nothing is said."),
        Param("second", "Second scorer", "text", "", "The next where nothing is said."),
        Param("good", "Good from", "number", 0.8, "From this correlation on it is good.", -1, 1),
        Param("poor", "Poor up to", "number", 0.5, "Up to this correlation it is poor.", -1, 1),
    ),
)
STRENGTH = Audit(
    kind="rating_preference",
    version=1,
    title="Ratings and preferences",
    needs=(Need.PAIRS, Need.STRENGTHS),
    run=run_strength,
    question="Does a score differ more where people prefer more strongly?",
    source="P17; HelpSteer2-Preference (2410.01257)",
    policy="A tie is worth half. Pairs without a margin or a strength are left out.",
    params=(
        Param("judge", "Judge", "text", "", "Whose margins; the first where nothing is said."),
        Param("good", "Good from", "number", 0.9, "From this accuracy on the strongest pairs it is good.", 0, 1),
        Param("poor", "Poor up to", "number", 0.7, "Up to this accuracy it is poor.", 0, 1),
    ),
)

"""Benchmarks held against what people or another judge said of the same answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain import agreement
from domain.audits.agreeing import correlated, ranked
from domain.audits.shapes import Figure, Floats, Inputs, Unit
from domain.audits.taking import TooFew, given_answers, scorer
from domain.benchmarks import pairs as paired
from domain.benchmarks.shapes import ALL, MOST_ITEMS, Domain, Item, Marked, Outcome
from domain.benchmarks.totals import domains_of, mean_figure, micro, outcome

LEAST = 3
GRADES = 20


class Drawn(NamedTuple):
    """A correlation with its interval."""

    value: float | None
    low: float | None
    high: float | None


def with_judge(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
    """WildBench (2406.04770): how a judge's scores of answers go with those of another one."""
    answers = given_answers(inputs)
    table = scorer(inputs, name)
    gold = answers.gold
    if gold is None or np.isnan(gold).all():
        raise TooFew("There are no scores of another judge to hold these against.")
    known = ~np.isnan(gold)
    there = known & ~np.isnan(table.values)
    if there.sum() < LEAST:
        raise TooFew(f"{name} and the other judge share fewer than {LEAST} answers.")
    said, truth = table.values[there], gold[there]
    whole = _spearman(said, truth, rng)
    writers = np.array(domains_of(answers.tags, "source", len(answers)))[there]
    figures = [
        Figure("pearson", "Pearson's correlation", _pearson(said, truth), n=len(said)),
        *_kappas(said, truth),
        Figure("models", "Spearman's correlation of the means of models", _models(said, truth, writers),
               n=len(set(writers.tolist()))),
    ]  # fmt: skip
    table_ = [
        Domain(one, *_spearman(said[writers == one], truth[writers == one], rng), int((writers == one).sum()), 0.0)
        for one in sorted(set(writers.tolist()))
    ]
    apart = np.abs(ranked(said) - ranked(truth)) / len(said)
    ids = [answers.ids[n] for n in np.flatnonzero(there).tolist()]
    lost = int(known.sum() - there.sum())
    return Outcome(
        score=Figure("score", "Spearman's correlation", *whole, Unit.NUMBER, len(said)), chance=0.0,
        figures=tuple(figures), domains=tuple(table_), items=int(known.sum()), ties=0, unscored=lost,
        lost=_furthest(ids, writers.tolist(), apart),
        notes=(f"{lost:,} answers without a score of this judge are in no correlation.",) if lost else (),
    )  # fmt: skip


def by_criterion(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
    """SummEval (2007.12626), HelpSteer2's ratings: Spearman's correlation with people's mean, by criterion.

    The aggregate is the mean over criteria. Where the scorer judged a criterion of that name its degree is held
    against it, else its score of the whole.
    """
    known = inputs.known
    if known is None or not len(known.said):
        raise TooFew(f"{name} scored no answer that people rated by criterion.")
    scored = ~np.isnan(known.said)
    held: dict[str, list[int]] = {}
    for n in np.flatnonzero(scored).tolist():
        held.setdefault(known.criteria[n], []).append(n)
    table, figures = [], []
    for one, rows in sorted(held.items()):
        row = _spearman(known.said[rows], known.truth[rows], rng)
        table.append(Domain(one, *row, len(rows), 0.0))
        tau = _kendall(known.said[rows], known.truth[rows])
        figures.append(Figure(f"kendall_{one}", f"Kendall's tau, {one}", tau, n=len(rows)))
        figures.append(
            Figure(f"pearson_{one}", f"Pearson, {one}", _pearson(known.said[rows], known.truth[rows]), n=len(rows))
        )
    values = [one.value for one in table if one.value is not None]
    if not values:
        raise TooFew("No criterion has three answers with scores that differ.")
    halves = [((one.high or 0) - (one.low or 0)) / 2 for one in table if one.low is not None]
    half = float(np.mean(halves)) if halves else None
    mean = float(np.mean(values))
    low, high = (None, None) if half is None else (max(-1.0, mean - half), min(1.0, mean + half))
    apart = np.concatenate(
        [np.abs(ranked(known.said[rows]) - ranked(known.truth[rows])) / len(rows) for rows in held.values()]
    )
    order = [n for rows in held.values() for n in rows]
    lost = _furthest([known.ids[n] for n in order], [known.criteria[n] for n in order], apart)
    return Outcome(
        score=Figure("score", "Spearman's correlation, mean over criteria", mean, low, high, n=int(scored.sum())),
        chance=0.0, figures=tuple(figures), domains=tuple(table), items=len(known.said), ties=0,
        unscored=int((~scored).sum()), lost=lost,
    )  # fmt: skip


def with_majority(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
    """PandaLM (2306.05087): the same as the majority of annotators, with ties as a third answer.

    Pairs without a majority are left out; a verdict that could not be read is left out by the authors, and is a loss
    in the figure `strict` here.
    """
    known = inputs.known
    if known is None or not len(known.said):
        raise TooFew(f"{name} judged no pair on which most people agree.")
    read = ~np.isnan(known.said)
    if not read.any():
        raise TooFew(f"Nothing that {name} said could be read.")
    said = np.sign(np.round(known.said - paired.HALF, 12))
    truth = np.sign(known.truth - paired.HALF)
    right = np.where(read, said == truth, False).astype(np.float64)
    held = np.flatnonzero(read).tolist()
    domains = [name_ or ALL for name_ in known.criteria] if known.criteria else [ALL] * len(known.said)
    marked = Marked(
        [known.ids[n] for n in held], [known.prompts[n] for n in held], [domains[n] for n in held], right[read],
        np.full(len(held), 1 / 3), (said == 0)[read], np.zeros(len(held), dtype=bool),
    )  # fmt: skip
    kappa = agreement.cohen_kappa(said[read].tolist(), truth[read].tolist())
    figures = [
        Figure("kappa", "Cohen's kappa with the majority", kappa, n=len(held)),
        mean_figure("strict", "What was not read is a loss", right, known.prompts, rng),
    ]
    found = outcome(marked, micro, rng, figures=figures, title="Agreement with the majority")
    gone = int((~read).sum())
    note = (f"{gone:,} verdicts could not be read and are left out, as the authors do.",) if gone else ()
    return Outcome(
        found.score, found.chance, found.figures, found.domains, len(known.said), found.ties, gone, found.lost, note
    )


def _spearman(said: Floats, truth: Floats, rng: np.random.Generator) -> Drawn:
    """Spearman's correlation with its interval; None where there are too few or one of them is constant."""
    if len(said) < LEAST:
        return Drawn(None, None, None)
    found = correlated("", "", ranked(said), ranked(truth), rng)
    return Drawn(found.value, found.low, found.high)


def _pearson(one: Floats, other: Floats) -> float | None:
    if len(one) < LEAST or np.ptp(one) < 1e-12 or np.ptp(other) < 1e-12:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _kendall(one: Floats, other: Floats) -> float | None:
    from scipy.stats import kendalltau

    return None if _pearson(one, other) is None else float(kendalltau(one, other).statistic)


def _kappas(said: Floats, truth: Floats) -> list[Figure]:
    """Quadratic weighted kappa, where both are grades on few levels."""
    one, other = (np.round(values, 9) for values in (said, truth))
    levels = np.unique(np.concatenate([one, other]))
    if len(levels) > GRADES:
        return []
    kappa = agreement.cohen_kappa(one.tolist(), other.tolist(), weights="quadratic")
    return [Figure("kappa", "Quadratic weighted kappa", kappa, n=len(one))]


def _models(said: Floats, truth: Floats, writers: npt.NDArray[np.str_]) -> float | None:
    """Spearman's correlation of the mean of each model."""
    names = sorted(set(writers.tolist()))
    means = np.array([[said[writers == one].mean(), truth[writers == one].mean()] for one in names])
    return _pearson(ranked(means[:, 0]), ranked(means[:, 1]))


def _furthest(ids: Sequence[str], domains: Sequence[str], apart: Floats) -> tuple[Item, ...]:
    """The answers on which both orders are furthest apart."""
    order = np.argsort(-apart, kind="stable")[:MOST_ITEMS].tolist()
    return tuple(
        Item(ids[n], domains[n] or ALL, round(1 - float(apart[n]), 6), tied=False, unscored=False)
        for n in order
        if apart[n] > 0
    )

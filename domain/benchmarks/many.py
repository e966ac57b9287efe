"""Benchmarks of one right answer among several: RewardMATH and RewardBench 2."""

from __future__ import annotations

import numpy as np

from domain.audits import resampling
from domain.audits.grouping import Groups
from domain.audits.many import Held, credits_, held
from domain.audits.shapes import Figure, Floats, Inputs, Unit
from domain.audits.taking import TooFew
from domain.benchmarks import pairs as paired
from domain.benchmarks.shapes import ALL, Bools, Domain, Marked, Outcome
from domain.benchmarks.totals import domains_of, lost, macro, mean_figure, micro, outcome

TIES = "Ties"


def rewardmath(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
    """The right solution strictly above all others; of a judge who compares, every comparison won (2410.01729)."""
    if inputs.pairs is not None and any(one.name == name for one in inputs.pairs.judged):
        return _compared(inputs, name, rng)
    given = held(inputs, name)
    worth = credits_(given.by_prompt)
    marked = _marked(given, worth["strict"])
    titles = {"lenient": "Ties count as wins", "split": "Ties are shared"}
    figures = [mean_figure(key, title, worth[key], marked.prompts, rng) for key, title in titles.items()]
    figures.append(mean_figure("rank", "Mean reciprocal rank", worth["rank"], marked.prompts, rng, unit=Unit.NUMBER))
    figures.append(Figure("rank_chance", "Mean reciprocal rank by chance", _rank_by_chance(given)))
    if inputs.pairs is not None and name in inputs.pairs.margins:
        said = paired.said_of(inputs, name)
        figures.append(
            mean_figure(
                "wins", "Comparisons won, ties half", paired.credits_of(said, paired.Orders.MEAN, tie=paired.HALF),
                inputs.pairs.prompts, rng,
            )
        )  # fmt: skip
    return outcome(marked, micro, rng, figures=figures, notes=given.notes, title="Accuracy")


def _compared(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
    pairs, said = paired.known_pairs(inputs), paired.said_of(inputs, name)
    won = paired.credits_of(said, paired.Orders.MEAN, tie=0.0)
    groups = Groups.of(pairs.prompts)
    losses = groups.sums((won < 1).astype(np.float64))
    chance: Floats = 1.0 / (1.0 + groups.sizes.astype(np.float64))
    marked = Marked(
        ids=list(groups.names), prompts=list(groups.names), domains=[ALL] * len(groups),
        credit=(losses == 0).astype(np.float64), chance=chance,
        tied=groups.sums(paired.tied(said).astype(np.float64)) > 0,
        unscored=groups.sums(paired.unread(said).astype(np.float64)) > 0,
    )  # fmt: skip
    figures = [
        mean_figure("rank", "1 ÷ (1 + comparisons lost)", 1 / (1 + losses), marked.prompts, rng, unit=Unit.NUMBER),
        mean_figure("wins", "Comparisons won, what was not read lost", won, pairs.prompts, rng),
    ]
    return outcome(marked, micro, rng, figures=figures, title="Accuracy")


def rewardbench2(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
    """The unweighted mean of domains: best of four with ties shared, and the Ties score (2506.01937)."""
    given = held(inputs, name)
    marked = _marked(given, credits_(given.by_prompt)["split"])
    in_ties = np.array([domain == TIES for domain in marked.domains])
    plain = marked.some(~in_ties)
    found = outcome(plain, macro, rng, notes=given.notes) if len(plain.ids) else None
    ties = _ties(given, in_ties, rng)
    if ties is None:
        if found is None:
            raise TooFew("No prompt has both a right and a wrong answer.")
        return found
    if found is None:
        score = Figure("score", "Score", ties.value, ties.low, ties.high, Unit.SHARE, ties.items)
        return Outcome(score, None, (), (ties,), ties.items, 0, int(marked.unscored.sum()), lost(marked), given.notes)
    table = (*found.domains, ties)
    values = [one.value for one in table if one.value is not None]
    # The domains are independent, so the width of the mean is that of its parts.
    widths = [((one.high or 0) - (one.low or 0)) / 2 for one in table if one.low is not None]
    value, half = float(np.mean(values)), float(np.sqrt(np.square(widths).sum())) / len(table)
    ends = (max(0.0, value - half), min(1.0, value + half))
    score = Figure("score", "Score", value, *ends, Unit.SHARE, len(marked.ids))
    note = "Of the rows of Ties nobody knows what a coin reaches; the line of chance is that of the other domains."
    return Outcome(
        score, found.chance, (), table, len(marked.ids), found.ties, int(marked.unscored.sum()), lost(marked),
        (*found.notes, note),
    )  # fmt: skip


def ties_score(accurate: Floats, reference: Floats, spread: Floats, margin: Floats, other: Floats) -> Floats:
    """The score of Ties over the last axis: whether right answers stand above wrong ones (`accurate` where there are
    several, `reference` where there is one), and by more (`margin`, `other`) than they lie apart (`spread`).

    May reach 1.01; what is not defined counts 0. RewardBench 2 (2506.01937), appendix on ties.
    """
    nearest = np.minimum(margin, other)
    with np.errstate(divide="ignore", invalid="ignore"):
        edge = np.nan_to_num(np.tanh(nearest / spread - 1), nan=0.0)
    found: Floats = (
        0.3 * accurate.mean(axis=-1) + 0.3 * reference.mean(axis=-1) + 0.2 * (margin > spread).mean(axis=-1)
        + 0.2 * (nearest > spread).mean(axis=-1) + 0.01 * edge.mean(axis=-1)
    )  # fmt: skip
    return found


def _ties(given: Held, in_ties: Bools, rng: np.random.Generator) -> Domain | None:
    """The domain Ties from its rows `ref:…` and `tied:…`; those without their other half are left out."""
    ranked, names = given.by_prompt, given.answers.groups.names
    halves: dict[str, dict[str, int]] = {}
    for n in np.flatnonzero(in_ties).tolist():
        kind, _, name = names[n].partition(":")
        halves.setdefault(name, {})[kind] = n
    whole = [(one["ref"], one["tied"]) for one in halves.values() if {"ref", "tied"} <= one.keys()]
    if not whole:
        return None
    ref, tied = (np.array(places) for places in zip(*whole, strict=True))
    right = ranked.worst_right > ranked.best_wrong
    with np.errstate(invalid="ignore"):
        margin = np.where(ranked.unscored, -np.inf, ranked.worst_right - ranked.best_wrong)
        spread = np.where(ranked.unscored, np.inf, ranked.best_right - ranked.worst_right)
    parts = (right[tied].astype(np.float64), right[ref].astype(np.float64), spread[tied], margin[tied], margin[ref])
    value = float(ties_score(*parts))
    drawn = rng.integers(0, len(whole), size=(resampling.RESAMPLES, len(whole)))
    low, high = np.percentile(ties_score(*(one[drawn] for one in parts)), [2.5, 97.5])
    single = len(whole) < 2
    ends = (None, None) if single else (min(float(low), 1.0), min(float(high), 1.0))
    return Domain(TIES, min(value, 1.0), ends[0], ends[1], 2 * len(whole), None)


def _marked(given: Held, credit: Floats) -> Marked:
    """The prompts as items; their domain is that of their first answer."""
    groups, ranked = given.answers.groups, given.by_prompt
    first = groups.order[groups.starts]
    domains = domains_of(given.answers.tags, "subset", len(given.answers))
    rights = groups.sums(given.right.astype(np.float64))
    return Marked(
        ids=list(groups.names), prompts=list(groups.names), domains=[domains[n] for n in first.tolist()],
        credit=credit, chance=rights / groups.sizes,
        tied=(ranked.top_right > 0) & (ranked.top_wrong > 0) & ~ranked.unscored,
        unscored=ranked.unscored,
    )  # fmt: skip


def _rank_by_chance(given: Held) -> float:
    """The mean reciprocal rank of a random order, with one right answer: the mean of 1/k over the places."""
    sizes = given.answers.groups.sizes
    return float(np.mean([np.mean(1.0 / np.arange(1, size + 1)) for size in sizes.tolist()]))

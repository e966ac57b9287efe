"""From marked items to the aggregate of a benchmark, with intervals by a bootstrap over prompts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from domain.audits import resampling
from domain.audits.grouping import Groups
from domain.audits.shapes import Figure, Floats, Unit
from domain.benchmarks.shapes import ALL, MOST_ITEMS, Domain, Item, Marked, Outcome, Scheme


def micro(means: Floats, counts: Floats, _: Sequence[str]) -> Floats:
    """The mean over all items, whatever their domain."""
    with np.errstate(invalid="ignore"):
        found: Floats = np.where(counts > 0, means * counts, 0.0).sum(axis=1) / counts.sum(axis=1)
    return found


def macro(means: Floats, counts: Floats, _: Sequence[str]) -> Floats:
    """The unweighted mean over the domains that have items."""
    there = counts > 0
    with np.errstate(invalid="ignore"):
        found: Floats = np.where(there, means, 0.0).sum(axis=1) / there.sum(axis=1)
    return found


def sectioned(sections: Mapping[str, Sequence[str]], weights: Mapping[str, float]) -> Scheme:
    """The mean over sections, each the mean of its domains by published weights; a domain of no section is left out."""

    def scheme(means: Floats, counts: Floats, names: Sequence[str]) -> Floats:
        columns = section_means(sections, weights, means, counts, names)
        return macro(columns, (~np.isnan(columns)).astype(np.float64), list(sections))

    return scheme


def section_means(
    sections: Mapping[str, Sequence[str]], weights: Mapping[str, float], means: Floats, counts: Floats,
    names: Sequence[str],
) -> Floats:  # fmt: skip
    """The weighted mean of each section; NaN where none of its domains has items."""
    found = np.full((len(means), len(sections)), np.nan)
    for place, members in enumerate(sections.values()):
        held = [n for n, name in enumerate(names) if name in members]
        weight = np.array([weights[names[n]] for n in held]) * (counts[:, held] > 0)
        with np.errstate(invalid="ignore"):
            found[:, place] = (np.nan_to_num(means[:, held]) * weight).sum(axis=1) / weight.sum(axis=1)
    return found


def outcome(
    marked: Marked, scheme: Scheme, rng: np.random.Generator, *, figures: Sequence[Figure] = (),
    notes: Sequence[str] = (), title: str = "Score",
) -> Outcome:  # fmt: skip
    """The aggregate with its interval, each domain with its own, and the items that were lost."""
    names = sorted(set(marked.domains))
    sums, counts = by_prompt(marked, names)
    drawn = resampling.totals(np.column_stack([sums, counts]), rng) if len(sums) > 1 else None
    value = _means(sums.sum(axis=0)[None], counts.sum(axis=0)[None])
    low, high = _ends(drawn, len(names), lambda means, sizes: scheme(means, sizes, names))
    chances, _ = by_prompt(marked, names, marked.chance)
    size = counts.sum(axis=0)
    chance = _means(chances.sum(axis=0)[None], size[None])
    table = []
    for n, name in enumerate(names):
        low_, high_ = _ends(drawn, len(names), functools.partial(_column, n))
        table.append(Domain(name, float(value[0, n]), low_, high_, int(size[n]), float(chance[0, n])))
    score = Figure("score", title, float(scheme(value, size[None], names)[0]), low, high, Unit.SHARE, len(marked.ids))
    return Outcome(
        score=score, chance=float(scheme(chance, size[None], names)[0]), figures=tuple(figures), domains=tuple(table),
        items=len(marked.ids), ties=int(marked.tied.sum()), unscored=int(marked.unscored.sum()), lost=lost(marked),
        notes=tuple(notes),
    )  # fmt: skip


def by_prompt(marked: Marked, names: Sequence[str], values: Floats | None = None) -> tuple[Floats, Floats]:
    """The sums of credits (or of other values) and the numbers of items, prompts × domains."""
    groups = Groups.of(marked.prompts)
    code = {name: n for n, name in enumerate(names)}
    cells = groups.codes * len(names) + np.array([code[name] for name in marked.domains], dtype=np.intp)
    shape, least = (len(groups), len(names)), len(groups) * len(names)
    worth = marked.credit if values is None else values
    sums = np.bincount(cells, worth, minlength=least).reshape(shape).astype(np.float64)
    return sums, np.bincount(cells, minlength=least).reshape(shape).astype(np.float64)


def lost(marked: Marked) -> tuple[Item, ...]:
    """The items with the least credit, those without a score first."""
    order = np.lexsort((np.arange(len(marked.ids)), marked.tied, ~marked.unscored, marked.credit))
    chosen = [n for n in order[:MOST_ITEMS].tolist() if marked.credit[n] < 1]
    return tuple(
        Item(
            marked.ids[n], marked.domains[n], round(float(marked.credit[n]), 6), bool(marked.tied[n]),
            bool(marked.unscored[n]),
        )
        for n in chosen
    )  # fmt: skip


def mean_figure(
    name: str, title: str, values: Floats, prompts: Sequence[str], rng: np.random.Generator, *, unit: Unit = Unit.SHARE
) -> Figure:
    """The mean of values with its interval over prompts; none where there is nothing."""
    if not len(values):
        return Figure(name, title, None, unit=unit, n=0)
    groups = Groups.of(prompts)
    sums = np.column_stack([groups.sums(values), groups.sums(np.ones_like(values))])
    low, high = resampling.interval(sums, resampling.ratio, rng)
    return Figure(name, title, float(values.mean()), low, high, unit, len(values))


def domains_of(tags: Mapping[str, Sequence[str]], axis: str, count: int) -> list[str]:
    """The domain of each item by a tag; all are one where nobody has it."""
    return [name or ALL for name in tags[axis]] if axis in tags else [ALL] * count


def _means(sums: Floats, counts: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        found: Floats = sums / counts
    return found


def _column(place: int, means: Floats, counts: Floats) -> Floats:
    found: Floats = np.where(counts[:, place] > 0, means[:, place], np.nan)
    return found


def _ends(
    drawn: Floats | None, width: int, statistic: Callable[[Floats, Floats], Floats]
) -> tuple[float | None, float | None]:
    if drawn is None:
        return None, None
    counts = drawn[:, width:]
    found = statistic(_means(drawn[:, :width], counts), counts)
    known = found[np.isfinite(found)]
    if 2 * len(known) < len(found):
        return None, None
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)

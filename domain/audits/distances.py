"""Two scorers as reward functions: their distance, what it does to order and to the best of n, and who moves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain import errors
from domain.audits import measured, resampling, starc
from domain.audits.entries import Audit
from domain.audits.grouping import Groups
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import (
    MOST_ROWS,
    Answers,
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
from domain.audits.starc import Canon, Norm
from domain.audits.taking import TooFew, given_answers, scorer

POINTS = 500
_SAME = (
    "For single turns the canonical forms of STARC (values of a policy; least norm) and of EPIC are the same: scores "
    "less the mean of their prompt."
)
_WARNING = "The uncentred distance changes with shifts per prompt and is shown as a warning only."
MOST_SCORERS = 60


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """STARC's distance of two scorers with what stands beside it (methods 0.1)."""
    names, answers, tables, notes = _shared(inputs, [params["first"], params["second"]])
    one, other, groups = tables[0], tables[1], answers.groups
    norm, canon = Norm(params["norm"]), Canon(params["canon"])
    forms = [starc.standardised(values, groups, norm, canon) for values in (one, other)]
    constant = [name for name, form in zip(names, forms, strict=True) if not form.any()]
    found = _distance(one, other, groups, norm=norm, canon=canon, rng=rng)
    figures = [found, *_beside(names, one, other, groups, rng)]
    band = Band.UNCLEAR if constant else graded(found, good=params["good"], poor=params["poor"])
    moved = np.abs(forms[0] - forms[1])
    order = np.lexsort((np.arange(len(moved)), -moved))
    rows: list[tuple[Cell, ...]] = [
        (answers.prompts[n], answers.ids[n], float(one[n]), float(other[n]), float(forms[1][n] - forms[0][n]))
        for n in order[:MOST_ROWS].tolist()
    ]
    return Finding(
        figures=tuple(figures),
        band=band,
        reading=_reading(names, figures, constant, band),
        rows=tuple(rows),
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Answer", Holds.RESPONSE),
            Column(names[0], Holds.NUMBER),
            Column(names[1], Holds.NUMBER),
            Column("Move of the standardised score", Holds.NUMBER),
        ),
        plot=_scatter(names, answers, forms, order),
        left_out=max(0, len(moved) - MOST_ROWS),
        notes=(*notes, _SAME, _WARNING),
    )


def run_matrix(inputs: Inputs, params: Params, _rng: np.random.Generator) -> Finding:
    """All scorers against each other, joined by average linkage."""
    names, answers, tables, notes = _shared(inputs, [])
    if len(names) > MOST_SCORERS:
        raise errors.Invalid(f"At most {MOST_SCORERS} scorers fit into one matrix.", code="audit_too_many")
    found = starc.matrix(np.stack(tables), answers.groups)
    order, beside = _tree(found, names)
    upper = [(float(found[a, b]), names[a], names[b]) for a in range(len(names)) for b in range(a + 1, len(names))]
    apart = sorted(upper, reverse=True)
    values = np.array([one[0] for one in upper])
    headline = Figure("mean", "Mean distance of two scorers", float(values.mean()), n=len(names))
    widest = Figure("largest", "Largest distance", apart[0][0])
    nearest = Figure("smallest", "Smallest distance", apart[-1][0])
    listed = [names[n] for n in order]
    return Finding(
        figures=(headline, widest, nearest),
        band=graded(widest, good=params["good"], poor=params["poor"]),
        reading=_apart(apart, headline),
        columns=(Column("Scorer"), Column("Another"), Column("Distance", Holds.NUMBER)),
        rows=tuple((a, b, value) for value, a, b in apart[:MOST_ROWS]),
        left_out=max(0, len(apart) - MOST_ROWS),
        plot=Plot(
            "Distances", "", "", cells=[[float(found[a, b]) for b in order] for a in order], columns=listed, rows=listed
        ),
        beside=beside,
        notes=notes,
    )


def _apart(apart: list[tuple[float, str, str]], mean: Figure) -> str:
    scale = "0 orders alike, 1 is the reverse, 0.707 is unrelated."
    most, least = (f"{one} and {other}" for _, one, other in (apart[0], apart[-1]))
    if len(apart) == 1:
        return f"{most} are {written(apart[0][0])} apart. {scale}"
    return (
        f"{most} are furthest apart ({written(apart[0][0])}), {least} nearest ({written(apart[-1][0])}); the mean of "
        f"all pairs is {mean.said()}. {scale}"
    )


def _shared(inputs: Inputs, wanted: list[str]) -> tuple[list[str], Answers, list[Floats], tuple[str, ...]]:
    """Scorers on the answers that all of them scored, of prompts with at least two such answers."""
    answers = given_answers(inputs)
    tables = [scorer(inputs, name) for name in wanted] if any(wanted) else []
    if wanted and len({one.name for one in tables}) < 2:
        first = tables[0] if tables else inputs.scores[0]
        tables = [first, next(one for one in inputs.scores if one.name != first.name)]
    tables = tables or list(inputs.scores)
    missing = sum(np.isnan(one.values).astype(np.intp) for one in tables)
    keep: npt.NDArray[np.bool_] = np.asarray(missing == 0)
    counts = np.bincount(answers.groups.codes[keep], minlength=len(answers.groups))
    rows = keep & (counts >= 2)[answers.groups.codes]
    if not rows.any():
        raise TooFew("No prompt has two answers that all of these scorers scored.")
    lost = len(keep) - int(rows.sum())
    note = f"{lost:,} of {len(keep):,} answers are left out: not scored by all, or alone on their prompt."
    return (
        [one.name for one in tables],
        answers.some(rows),
        [one.values[rows] for one in tables],
        (note,) if lost else (),
    )


def _distance(
    one: Floats, other: Floats, groups: Groups, *, norm: Norm, canon: Canon, rng: np.random.Generator
) -> Figure:
    value = starc.distance(one, other, groups, norm, canon)
    low = high = None
    if norm is Norm.L2:
        first, second = (starc.canonical(values, groups, canon) for values in (one, other))
        parts = np.column_stack([first * second, first**2, second**2])
        low, high = resampling.interval(groups.means(parts), _from_sums, rng)
        low, high = (None, None) if low is None or high is None else (min(low, value), max(high, value))
    return Figure("distance", "Distance", value, low, high, n=len(groups))


def _from_sums(sums: Floats) -> Floats:
    spread = np.sqrt(sums[:, 1] * sums[:, 2])
    cosine = np.where(spread > 0, sums[:, 0] / np.where(spread > 0, spread, 1.0), np.nan)
    return np.sqrt(np.clip(1.0 - cosine, 0.0, 2.0) / 2.0)


def _beside(names: list[str], one: Floats, other: Floats, groups: Groups, rng: np.random.Generator) -> list[Figure]:
    order = starc.discordance(one, other, groups)
    found = [
        measured.mean(
            "discordance", "Pairs ordered oppositely (ties left out)", values=order.opposite, codes=order.codes, rng=rng
        ),
    ]
    for name, true, chosen, title in (
        ("regret_first", one, other, f"Lost of {names[0]} by the best of {names[1]}"),
        ("regret_second", other, one, f"Lost of {names[1]} by the best of {names[0]}"),
    ):
        lost, defined = starc.regret(true, chosen, groups)
        found.append(measured.mean(name, title, values=lost[defined], codes=None, rng=rng))
    per = starc.by_prompt(one, other, groups)
    compared = len(order.opposite) + order.tied
    return [
        *found,
        measured.mean(
            "by_prompt", "Mean distance of single prompts", values=per, codes=None, rng=rng, unit=Unit.NUMBER
        ),
        Figure("tied", "Pairs that one of them ties", order.tied / compared if compared else None, unit=Unit.SHARE),
        Figure("uncentred", "Uncentred distance (not invariant)", starc.uncentred(one, other)),
    ]


def _reading(names: list[str], figures: list[Figure], constant: list[str], band: Band) -> str:
    if constant:
        return f"Constant reward: {' and '.join(constant)} never tells two answers to one prompt apart."
    words = {
        Band.GOOD: "reward nearly the same",
        Band.WATCH: "reward noticeably different things",
        Band.POOR: "reward different things",
        Band.UNCLEAR: "may or may not reward the same; the sample is too small to say",
    }[band]
    by = {one.name: one for one in figures}
    return (
        f"{names[0]} and {names[1]} {words}: distance {by['distance'].said()}, {by['discordance'].said()} of the "
        f"pairs change order. Taking the best answer by {names[1]} loses {by['regret_first'].said()} of what "
        f"{names[0]} could give, the other way {by['regret_second'].said()}."
    )


def _scatter(names: list[str], answers: Answers, forms: list[Floats], order: npt.NDArray[np.intp]) -> Plot:
    step = max(1, len(order) // POINTS)
    places: list[int] = sorted({*order[:50].tolist(), *range(0, len(order), step)})
    series = Series(
        "answers",
        [float(forms[0][n]) for n in places],
        [float(forms[1][n]) for n in places],
        Form.POINTS,
        ids=[answers.ids[n] for n in places],
    )
    return Plot("Standardised scores", names[0], names[1], [series])


def _tree(distances: Floats, names: list[str]) -> tuple[list[int], Plot]:
    """The order of the leaves and the dendrogram: one line, each join a bracket."""
    from scipy.cluster.hierarchy import dendrogram, linkage
    from scipy.spatial.distance import squareform

    joined = linkage(squareform(distances, checks=False), "average")
    drawn = dendrogram(joined, no_plot=True)
    x: list[float | str | None] = []
    y: list[float | str | None] = []
    for across, up in zip(drawn["icoord"], drawn["dcoord"], strict=True):
        x += [*map(float, up), None]
        y += [*((float(one) - 5.0) / 10.0 for one in across), None]
    order = [int(n) for n in drawn["leaves"]]
    plot = Plot(
        "Who rewards alike",
        "distance at which they join (average linkage)",
        "",
        [Series("joins", x, y, Form.TREE)],
        ticks=[names[n] for n in order],
    )
    return order, plot


_BOUNDS = (
    Param("good", "Good up to", "number", 0.2, "Up to this distance they count as rewarding the same.", 0, 1),
    Param("poor", "Poor from", "number", 0.45, "From this distance on they reward different things.", 0, 1),
)
AUDIT = Audit(
    kind="distance",
    version=1,
    title="Distance of two scorers",
    needs=(Need.SCORES, Need.SECOND),
    run=run,
    question="Do two versions, judges or strategies reward the same?",
    source="P1; STARC (2309.15257), EPIC (2006.13900)",
    policy="Ties of either scorer are left out of the pairs that change order and counted; of answers tied at the top "
    "the mean counts. Answers that one of the two did not score are left out.",
    params=(
        Param("first", "First scorer", "text", "", "The first where nothing is said."),
        Param("second", "Second scorer", "text", "", "The next where nothing is said."),
        Param("norm", "Norm", "choice", "l2", "By what rewards are measured.", choices=tuple(Norm)),
        Param("canon", "Canonical form", "choice", "mean", "What is taken off within a prompt.", choices=tuple(Canon)),
        *_BOUNDS,
    ),
)
MATRIX = Audit(
    kind="distance_matrix",
    version=1,
    title="Distances of all scorers",
    needs=(Need.SCORES, Need.SECOND),
    run=run_matrix,
    question="Which scorers reward alike, and which stands alone?",
    source="P1; STARC (2309.15257); average linkage ours",
    policy="Only answers that every scorer scored count, so that all distances are on one sample.",
    params=_BOUNDS,
)

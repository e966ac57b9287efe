"""Whether length is paid: answers to one prompt held against each other by length."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.audits import measured, resampling
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import (
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
from domain.audits.taking import SCORER, lengths, right, scored

SAME = 1e-12
BINS = 5


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """The within-prompt correlation of score and log length, partial of correctness where that is known.

    From −1 to 1 (InternLM-XComposer2.5-Reward, 2501.12368; the logarithm and the bounds of the bands are ours).
    """
    taken = scored(inputs, params["scorer"], least_per_prompt=2)
    answers, values = taken.answers, taken.scores.values
    groups, logs = answers.groups, np.log1p(np.maximum(lengths(answers), 0.0))
    known = answers.correct is not None and not np.isnan(answers.correct).any()
    apart = _partial(answers, values, logs, held=known)
    sums = groups.sums(np.column_stack([apart[0] * apart[1], apart[0] ** 2, apart[1] ** 2]))
    low, high = resampling.interval(sums, _correlation, rng)
    found = Figure(
        "correlation",
        "Correlation of score and length within a prompt",
        _one(_correlation(sums.sum(axis=0, keepdims=True))),
        low,
        high,
        n=len(groups),
    )
    figures = [found, *_comparisons(answers, values, known, rng)]
    size = Figure(
        "size",
        "Size of the correlation",
        None if found.value is None else abs(found.value),
        *_abs(found.low, found.high),
    )
    band = graded(size, good=params["good"], poor=params["poor"])
    return Finding(
        figures=tuple(figures),
        band=band,
        reading=_reading(found, figures[1:], band),
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Longest of the best", Holds.RESPONSE),
            Column("Its length", Holds.NUMBER),
            Column("Mean length", Holds.NUMBER),
            Column("Correlation", Holds.NUMBER),
        ),
        rows=_rows(answers, values, logs),
        plot=_plot(answers, values),
        notes=(*taken.notes, *_note(known)),
    )


def _partial(answers: Answers, values: Floats, logs: Floats, *, held: bool) -> tuple[Floats, Floats]:
    """Scores and lengths centred within prompts, less what correctness explains of them."""
    score, length = answers.groups.centred(values), answers.groups.centred(logs)
    if not held:
        return score, length
    fact = answers.groups.centred(right(answers).astype(np.float64))
    power = float(fact @ fact)
    if power < SAME:
        return score, length
    return score - fact * float(fact @ score) / power, length - fact * float(fact @ length) / power


def _correlation(sums: Floats) -> Floats:
    spread = np.sqrt(sums[:, 1] * sums[:, 2])
    return np.where(spread > SAME, sums[:, 0] / np.where(spread > SAME, spread, 1.0), np.nan)


def _comparisons(answers: Answers, values: Floats, known: bool, rng: np.random.Generator) -> list[Figure]:
    """How often the longer of two answers to one prompt has the higher score, ties by half, and what that costs."""
    left, other = answers.groups.comparisons
    longer, gap = lengths(answers)[left] - lengths(answers)[other], values[left] - values[other]
    codes, differ = answers.groups.codes[left], np.abs(longer) > SAME

    def share(name: str, title: str, won: Floats, mask: npt.NDArray[np.bool_]) -> Figure:
        return measured.mean(name, title, values=won[mask], codes=codes[mask], rng=rng)

    figures = [share("longer_wins", "The longer answer wins", measured.wins(gap * np.sign(longer)), differ)]
    if not known:
        return figures
    truth = right(answers)
    first, mixed = truth[left], truth[left] != truth[other]
    true, long_right = measured.wins(np.where(first, gap, -gap)), (longer > 0) == first
    return [
        *figures,
        share("right_longer", "Right wins where it is longer", true, differ & mixed & long_right),
        share("right_shorter", "Right wins where it is shorter", true, differ & mixed & ~long_right),
    ]


def _rows(answers: Answers, values: Floats, logs: Floats) -> tuple[tuple[Cell, ...], ...]:
    """The prompts where length and score go together most."""
    groups = answers.groups
    score, length = groups.centred(values), groups.centred(logs)
    sums = np.column_stack([groups.sums(score * length), groups.sums(score**2), groups.sums(length**2)])
    found, means = _correlation(sums), groups.means(lengths(answers))
    order = sorted((n for n in range(len(groups)) if not math.isnan(found[n])), key=lambda n: (-found[n], n))[:50]
    rows: list[tuple[Cell, ...]] = []
    for n in order:
        members = groups.order[groups.starts[n] : groups.starts[n] + groups.sizes[n]]
        best = members[np.lexsort((-lengths(answers)[members], -values[members]))[0]]
        rows.append(
            (groups.names[n], answers.ids[best], float(lengths(answers)[best]), float(means[n]), float(found[n]))
        )
    return tuple(rows)


def _plot(answers: Answers, values: Floats) -> Plot:
    """The mean centred score of answers by fifths of their length against their prompt's mean length."""
    groups = answers.groups
    mean = groups.means(lengths(answers))[groups.codes]
    relative = lengths(answers) / np.where(mean > 0, mean, 1.0)
    bounds = np.unique(np.quantile(relative, np.linspace(0, 1, BINS + 1)))
    places = np.clip(np.searchsorted(bounds, relative, side="right") - 1, 0, max(len(bounds) - 2, 0))
    score = groups.centred(values)
    there = [n for n in range(max(len(bounds) - 1, 1)) if (places == n).any()]
    line = Series(
        "score less the prompt's mean",
        [float(relative[places == n].mean()) for n in there],
        [float(score[places == n].mean()) for n in there],
        Form.LINE,
    )
    return Plot(
        "Score by length",
        "length ÷ mean length of the prompt's answers",
        "score less the prompt's mean",
        [line],
        lines=[0.0],
    )


def _reading(found: Figure, more: list[Figure], band: Band) -> str:
    if found.value is None:
        return "Scores or lengths do not differ within any prompt, so nothing can be said of length."
    way = "longer" if found.value > 0 else "shorter"
    words = {
        Band.GOOD: "Length is not paid",
        Band.WATCH: f"Being {way} is paid a little",
        Band.POOR: f"Being {way} is paid",
        Band.UNCLEAR: "It is open whether length is paid",
    }[band]
    said = f"{words}: within a prompt score and length correlate by {found.said()}"
    if more[0].value is not None:
        said += f"; of two answers of different length the longer wins {more[0].said()}"
    if len(more) > 2 and more[2].value is not None:
        said += f", and a right answer that is shorter wins {written(more[2].value, Unit.SHARE)}"
    return said + "."


def _note(known: bool) -> tuple[str, ...]:
    if known:
        return ("What correctness explains of score and length is taken out of the correlation.",)
    return ("It is not known which answers are right, so longer answers may also be better ones.",)


def _abs(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    if low is None or high is None:
        return None, None
    return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def _one(values: Floats) -> float | None:
    return None if math.isnan(values[0]) else float(values[0])


AUDIT = Audit(
    kind="length_bias",
    version=1,
    title="Length",
    needs=(Need.SCORES, Need.LENGTHS),
    run=run,
    question="Is an answer paid for being long?",
    source="P6; InternLM-XComposer2.5-Reward (2501.12368)",
    policy="Of two answers with equal scores each wins half; pairs of equal length are left out, and so are answers "
    "without a score and prompts with fewer than two.",
    params=(
        SCORER,
        Param("good", "Good up to", "number", 0.15, "Up to this size of the correlation length is not paid.", 0, 1),
        Param("poor", "Poor from", "number", 0.4, "From this size of the correlation on length is paid.", 0, 1),
    ),
)

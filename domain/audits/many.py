"""One right answer against many wrong ones: who picks it, how high it stands, and which wrong answers fool whom."""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import (
    Answers,
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
from domain.audits.taking import SCORER, TooFew, given_answers, scorer

Bools = npt.NDArray[np.bool_]


class Ranked(NamedTuple):
    """By prompt: the best and worst right score, the best wrong one, how many wrong ones stand at or above the best
    right one, how many right and wrong ones stand at the top, and whether a right answer went unscored."""

    best_right: Floats
    worst_right: Floats
    best_wrong: Floats
    above: Floats
    top_right: Floats
    top_wrong: Floats
    unscored: Bools


@dataclasses.dataclass(frozen=True, eq=False)
class Held:
    """The answers that count, with what follows from their scores. An unscored answer is −∞ here."""

    answers: Answers
    values: Floats
    right: Bools
    by_prompt: Ranked
    notes: tuple[str, ...]


def held(inputs: Inputs, name: str) -> Held:
    """Prompts with at least one right and one wrong answer.

    A prompt whose right answer has no score is lost; a wrong one without a score is beaten by any score.
    """
    answers, table = given_answers(inputs), scorer(inputs, name)
    known = np.isfinite(answers.correct) if answers.correct is not None else np.zeros(len(answers), dtype=bool)
    truth = np.zeros(len(answers), dtype=bool) if answers.correct is None else answers.correct >= 0.5
    groups = answers.groups
    rights = np.bincount(groups.codes, known & truth, len(groups))
    wrongs = np.bincount(groups.codes, known & ~truth, len(groups))
    keep = known & ((rights > 0) & (wrongs > 0))[groups.codes]
    if not keep.any():
        raise TooFew("No prompt has both a right and a wrong answer.")
    some = answers.some(keep)
    values, right = table.values[keep], truth[keep]
    notes = []
    if left := len(groups) - len(some.groups):
        notes.append(f"{left:,} of {len(groups):,} prompts lack a right or a wrong answer and are left out.")
    if gone := int(np.isnan(values).sum()):
        notes.append(
            f"{gone:,} of {len(values):,} answers have no score: a right one loses its prompt, a wrong one never wins."
        )
    if np.isnan(values).all():
        raise TooFew(f"{table.name} scored no answer of these.")
    values = np.where(np.isnan(values), -np.inf, values)
    return Held(some, values, right, _ranked(some, values, right), tuple(notes))


def _ranked(answers: Answers, values: Floats, right: Bools) -> Ranked:
    groups = answers.groups
    best = groups.most(np.where(right, values, -np.inf))
    wrong = groups.most(np.where(right, -np.inf, values))
    top = np.maximum(best, wrong)[groups.codes]
    return Ranked(
        best,
        groups.least(np.where(right, values, np.inf)),
        wrong,
        groups.sums((~right & (values >= best[groups.codes])).astype(np.float64)),
        groups.sums((right & (values == top)).astype(np.float64)),
        groups.sums((~right & (values == top)).astype(np.float64)),
        groups.least(np.where(right, values, np.inf)) == -np.inf,
    )


def credits_(ranked: Ranked) -> dict[str, Floats]:
    """What each prompt is worth: strict, lenient and split accuracy in [0, 1], and the reciprocal rank.

    RewardMATH (2410.01729) for strict, lenient and rank (ties against the right answer), RewardBench 2 (2506.01937) for
    the split one.
    """
    there = ~ranked.unscored
    wins = (ranked.top_right > 0) & there
    return {
        "strict": (wins & (ranked.top_wrong == 0)).astype(np.float64),
        "lenient": wins.astype(np.float64),
        "split": np.where(wins, ranked.top_right / np.maximum(ranked.top_right + ranked.top_wrong, 1.0), 0.0),
        "rank": np.where(ranked.best_right == -np.inf, 0.0, 1.0 / (1.0 + ranked.above)),
    }


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Accuracy under three policies on ties, mean reciprocal rank, wins and margin, and what fools the scorer."""
    given = held(inputs, params["scorer"])
    ranked, worth = given.by_prompt, credits_(given.by_prompt)
    titles = {
        "strict": "Right answer strictly best",
        "lenient": "Right answer best, ties count as wins",
        "split": "Right answer best, ties shared",
        "rank": "Mean reciprocal rank",
    }
    figures = [
        measured.mean(
            name, title, values=worth[name], codes=None, rng=rng, unit=Unit.NUMBER if name == "rank" else Unit.SHARE
        )
        for name, title in titles.items()
    ]
    figures.append(_wins(given, rng))
    both = np.isfinite(ranked.worst_right) & np.isfinite(ranked.best_wrong)
    margins = ranked.worst_right[both] - ranked.best_wrong[both]
    figures.append(
        measured.mean(
            "margin",
            "Worst right less best wrong",
            values=margins,
            codes=None,
            rng=rng,
            unit=Unit.NUMBER,
        )
    )
    figures += _by_chance(given)
    fooling, bars = _fooling(given)
    band = graded(figures[0], good=params["good"], poor=params["poor"])
    columns, rows = _rows(given)
    return Finding(
        figures=tuple(figures),
        band=band,
        reading=_reading(figures, fooling),
        columns=columns,
        rows=rows,
        plot=bars,
        notes=given.notes,
    )


def _wins(given: Held, rng: np.random.Generator) -> Figure:
    left, other = given.answers.groups.comparisons
    mixed = given.right[left] != given.right[other]
    left, other = left[mixed], other[mixed]
    first = given.right[left]
    right = np.where(first, given.values[left], given.values[other])
    wrong = np.where(first, given.values[other], given.values[left])
    won = np.where(right == -np.inf, 0.0, np.where(right == wrong, 0.5, (right > wrong).astype(np.float64)))
    return measured.mean(
        "wins",
        "Wins against single wrong answers, ties by half",
        values=won,
        codes=given.answers.groups.codes[left],
        rng=rng,
    )


def _by_chance(given: Held) -> list[Figure]:
    """What a scorer without ties and without knowledge reaches on these prompts."""
    groups = given.answers.groups
    right = groups.sums(given.right.astype(np.float64))
    size = groups.sizes.astype(np.float64)
    rank = np.array([_chance_rank(int(r), int(n)) for r, n in zip(right, size, strict=True)])
    return [
        Figure("chance", "By chance: right answer best", float((right / size).mean()), unit=Unit.SHARE),
        Figure("chance_rank", "By chance: mean reciprocal rank", float(rank.mean())),
    ]


def _chance_rank(right: int, size: int) -> float:
    """E[1 / rank of the best right answer] in a random order."""
    total = math.comb(size, right)
    return sum(math.comb(size - place, right - 1) / total / place for place in range(1, size - right + 2))


def _fooling(given: Held) -> tuple[list[tuple[str, float, int]], Plot | None]:
    """How often the wrong answers of each source stand at or above the best right one."""
    sources = given.answers.tagged("source")
    if not (sources != "").any():
        return [], None
    fooled = ~given.right & (given.values > -np.inf)
    fooled &= given.values >= given.by_prompt.best_right[given.answers.groups.codes]
    found = []
    for source in np.unique(sources[~given.right]):
        mine = ~given.right & (sources == source)
        found.append((str(source) or "not named", float(fooled[mine].mean()), int(mine.sum())))
    found.sort(key=lambda one: (-one[1], one[0]))
    shown = found[:40]
    bars = Series(
        "share at or above the right answer",
        [share for _, share, _ in shown],
        [name for name, _, _ in shown],
        Form.BARS,
    )
    return found, Plot("Which wrong answers fool it", "share at or above the right answer", "", [bars], across=True)


def _rows(given: Held) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """The prompts that are lost, by how far the best wrong answer stands above the right one."""
    ranked, groups = given.by_prompt, given.answers.groups
    gap = np.where(np.isfinite(ranked.best_right), ranked.best_wrong - ranked.best_right, np.inf)
    lost = np.flatnonzero((ranked.above > 0) | ranked.unscored)
    rows: list[tuple[Cell, ...]] = []
    for n in lost[np.lexsort((lost, -gap[lost]))].tolist():
        members = groups.order[groups.starts[n] : groups.starts[n] + groups.sizes[n]]
        wrong, right = members[~given.right[members]], members[given.right[members]]
        fooled = int(wrong[given.values[wrong].argmax()])
        best = int(right[given.values[right].argmax()])
        score = float(given.values[best])
        rows.append(
            (
                groups.names[n],
                given.answers.ids[best],
                score if math.isfinite(score) else None,
                given.answers.ids[fooled],
                float(given.values[fooled]) if given.values[fooled] > -np.inf else None,
                int(ranked.above[n]),
            )
        )
    columns = (
        Column("Prompt", Holds.PROMPT),
        Column("Right answer", Holds.RESPONSE),
        Column("Its score", Holds.NUMBER),
        Column("Best wrong answer", Holds.RESPONSE),
        Column("Its score", Holds.NUMBER),
        Column("Wrong ones at or above", Holds.NUMBER),
    )
    return columns, tuple(rows)


def _reading(figures: list[Figure], fooling: list[tuple[str, float, int]]) -> str:
    by = {one.name: one for one in figures}
    said = (
        f"The right answer is strictly best on {by['strict'].said()} of the prompts (by chance {by['chance'].said()}); "
        f"with ties as wins it is {by['lenient'].said()}, with ties shared {by['split'].said()}."
    )
    gap = (by["lenient"].value or 0.0) - (by["strict"].value or 0.0)
    if gap > 0.2:
        said += " The difference is ties: it often cannot tell the right answer from a wrong one."
    if fooling and fooling[0][1] > 0:
        said += f" It is fooled most by {fooling[0][0]} ({written(fooling[0][1], Unit.SHARE)} of its wrong answers)."
    return said


AUDIT = Audit(
    kind="one_against_many",
    version=1,
    title="One right answer against many wrong ones",
    needs=(Need.SCORES, Need.CORRECT),
    run=run,
    tags=("source",),
    question="Does the right answer come out on top, and which wrong answers fool the scorer?",
    source="P2; RewardMATH (2410.01729), RewardBench 2 (2506.01937)",
    policy="Three policies on ties are shown: a loss (strict), a win (lenient), shared (split); the rank breaks ties "
    "against the right answer. A right answer without a score loses its prompt.",
    params=(
        SCORER,
        Param("good", "Good from", "number", 0.8, "From this strict accuracy on it is good.", 0, 1),
        Param("poor", "Poor up to", "number", 0.5, "Up to this strict accuracy it is poor.", 0, 1),
    ),
)

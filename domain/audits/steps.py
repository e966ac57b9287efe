"""Rewards of steps: whether repeating, looping or lingering pays, and whether scores rise as a task gets done."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.audits import measured
from domain.audits.agreeing import ranked
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
    Trajectory,
    Unit,
    graded,
    written,
)
from domain.audits.taking import TooFew
from domain.scoring import stepwise
from domain.scoring.stepwise import Shaping, Way

SHAPINGS = (Shaping.NONE, Shaping.CLIP, Shaping.DELTA, Shaping.CLIP_DELTA, Shaping.POTENTIAL)
EDGE = 1e-9


def _whole(inputs: Inputs, least: int) -> tuple[list[Trajectory], tuple[str, ...]]:
    """Trajectories of which every step has a score, and at least so many steps."""
    kept = [one for one in inputs.trajectories if len(one.scores) >= least and not np.isnan(one.scores).any()]
    lost = len(inputs.trajectories) - len(kept)
    if not kept:
        raise TooFew(f"No trajectory has {least} steps, all of them scored.")
    return kept, (
        f"{lost:,} of {len(inputs.trajectories):,} trajectories are left out: unscored or too few steps.",
    ) if lost else ()


def _codes(trajectories: list[Trajectory]) -> npt.NDArray[np.intp]:
    return np.unique(np.array([one.prompt for one in trajectories], dtype=np.str_), return_inverse=True)[1]


def looped(scores: Floats, way: Way) -> float:
    """What walking a cycle once more pays: the best step and the one before it done, undone and done again, less what
    the trajectory is paid without (Robo-Dopamine, 2512.23703). Undone, one stands where one stood before it."""
    place = int(scores.argmax())
    before = scores[place - 1] if place else 0.0
    again = np.concatenate([scores[: place + 1], [before, scores[place]], scores[place + 1 :]])
    return stepwise.pay(again, way).total - stepwise.pay(scores, way).total


def run_padding(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """What a trajectory gains where its best step stands 2, 4 and 8 times, and where a cycle is walked, under each
    shaping; unbounded where it keeps growing (2410.15115)."""
    kept, notes = _whole(inputs, 2)
    codes = _codes(kept)
    figures, lines, tables = [], [], {}
    for shaping in SHAPINGS:
        way = Way(shaping=shaping, eta=params["eta"])
        padded = [stepwise.padded(one.scores, way) for one in kept]
        gains = np.array([[total - each.totals[0] for total in each.totals] for each in padded if each is not None])
        loops = np.array([looped(one.scores, way) for one in kept])
        pays = (gains[:, 1:] > EDGE).any(axis=1) | (loops > EDGE)
        title = stepwise.SHAPINGS[shaping].title
        figures.append(
            measured.mean(
                str(shaping), f"Padding or looping pays: {title}", values=pays.astype(np.float64), codes=codes, rng=rng
            )
        )
        lines.append(Series(title, [float(n) for n in stepwise.TIMES], gains.mean(axis=0).tolist(), Form.LINE))
        tables[shaping] = (gains, loops)
    mine = Shaping(params["shaping"])
    headline = next(one for one in figures if one.name == mine)
    gains, loops = tables[mine]
    order = np.lexsort((np.arange(len(loops)), -np.maximum(gains[:, -1], loops))).tolist()
    rows: list[tuple[Cell, ...]] = [
        (kept[n].prompt, kept[n].id, float(gains[n, 1]), float(gains[n, -1]), float(loops[n])) for n in order
    ]
    slope = float((gains[:, -1] - gains[:, -2]).mean())
    bounded = [stepwise.SHAPINGS[Shaping(one.name)].title for one in figures if not one.value]
    reading = (
        f"As it is paid ({stepwise.SHAPINGS[mine].title.lower()}) repeating the best step or walking in a cycle pays "
        f"in {headline.said()} of the trajectories" + (" and grows without bound." if slope > EDGE else ".")
    )
    if headline.value and bounded:
        reading += f" It pays nowhere under: {', '.join(bounded).lower()}."
    return Finding(
        figures=(headline, *(one for one in figures if one is not headline)),
        reading=reading,
        band=graded(headline, good=0.0, poor=params["poor"]),
        rows=tuple(rows[:MOST_ROWS]),
        notes=notes,
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Trajectory", Holds.RESPONSE),
            Column("Gain, twice", Holds.NUMBER),
            Column("Gain, eight times", Holds.NUMBER),
            Column("Gain of a cycle", Holds.NUMBER),
        ),
        left_out=max(0, len(rows) - MOST_ROWS),
        plot=Plot("What padding pays", "times that the best step stands", "gain of the whole", lines, lines=[0.0]),
    )


def voc(scores: Floats) -> float:
    """Spearman's correlation of time and value, from −1 to 1; NaN where the values never differ (Robo-Dopamine)."""
    time, value = np.arange(len(scores), dtype=np.float64), ranked(scores)
    if value.std() < EDGE:
        return math.nan
    return float(np.corrcoef(time, value)[0, 1])


def run_order(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Whether scores of steps rise over successful trajectories, and how often they start higher than they end."""
    kept, notes = _whole(inputs, 3)
    good = [one for one in kept if one.outcome is not None and one.outcome >= 0.5]
    used = good or kept
    found = np.array([voc(one.scores) for one in used])
    there = ~np.isnan(found)
    codes = _codes(used)
    headline = measured.mean(
        "voc", "Correlation of time and value", values=found[there], codes=codes[there], rng=rng, unit=Unit.NUMBER
    )
    falls = np.array([one.scores[-1] < one.scores[0] for one in used], dtype=np.float64)
    bad = [one for one in kept if one.outcome is not None and one.outcome < 0.5]
    lost = np.array([voc(one.scores) for one in bad])
    lost = lost[~np.isnan(lost)]
    figures = (
        headline,
        measured.mean("falls", "End below their start", values=falls, codes=codes, rng=rng),
        Figure("flat", "Steps all alike", float((~there).mean()), unit=Unit.SHARE),
        Figure("failed", "The same over failed ones", float(lost.mean()) if len(lost) else None, n=len(lost)),
    )
    order = np.lexsort((np.arange(len(found)), np.nan_to_num(found, nan=-2.0))).tolist()
    rows: list[tuple[Cell, ...]] = [
        (used[n].prompt, used[n].id, float(found[n]), float(used[n].scores[0]), float(used[n].scores[-1]))
        for n in order
    ]
    counts, edges = np.histogram(found[there], bins=20, range=(-1, 1))
    said = "successful trajectories" if good else "trajectories (none is known to have succeeded)"
    return Finding(
        figures=figures,
        band=graded(headline, good=params["good"], poor=params["poor"]),
        reading=f"Over {len(used):,} {said} the scores of steps and time correlate by {headline.said()}; "
        f"{figures[1].said()} end below their start. Reversed in time it would be {written(-(headline.value or 0.0))}.",
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Trajectory", Holds.RESPONSE),
            Column("Correlation", Holds.NUMBER),
            Column("First step", Holds.NUMBER),
            Column("Last step", Holds.NUMBER),
        ),
        rows=tuple(rows),
        notes=notes,
        plot=Plot(
            "Correlation of time and value",
            "correlation",
            "trajectories",
            [Series("trajectories", ((edges[:-1] + edges[1:]) / 2).tolist(), counts.astype(float).tolist(), Form.BARS)],
        ),
    )


def run_sound(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Right outcomes reached by steps of which one scores below a bound (RRM; the bound is ours), and how well each
    aggregate of the steps tells success from failure."""
    kept, notes = _whole(inputs, 1)
    known = [one for one in kept if one.outcome is not None]
    won = np.array([(one.outcome or 0.0) >= 0.5 for one in known])
    if not won.any():
        raise TooFew("No trajectory is known to have succeeded.")
    least = np.array([one.scores.min() for one in known])
    codes = _codes(known)
    unsound = (least < params["bound"]).astype(np.float64)
    headline = measured.mean(
        "unsound", "Right outcomes with an unsound step", values=unsound[won], codes=codes[won], rng=rng
    )
    figures = [headline]
    if (~won).any():
        figures.append(
            measured.mean(
                "sound_lost",
                "Wrong outcomes without an unsound step",
                values=1 - unsound[~won],
                codes=codes[~won],
                rng=rng,
            )
        )
        figures += [
            Figure(
                f"auc_{how}",
                f"Success told by: {stepwise.AGGREGATES[how].title.lower()}",
                _auc(np.array([stepwise.aggregate(one.scores, how) for one in known]), won),
                unit=Unit.SHARE,
            )
            for how in stepwise.Aggregate
        ]
    places = np.flatnonzero(won)
    order = places[np.lexsort((places, least[places]))].tolist()
    rows: list[tuple[Cell, ...]] = [
        (known[n].prompt, known[n].id, int(known[n].scores.argmin()) + 1, float(least[n])) for n in order if unsound[n]
    ]
    best = max((one for one in figures[2:]), key=lambda one: one.value or 0.0, default=None)
    return Finding(
        figures=tuple(figures),
        band=graded(headline, good=params["good"], poor=params["poor"]),
        reading=f"{headline.said()} of {int(won.sum()):,} right outcomes have a step below {params['bound']:g}: the "
        "outcome alone would reward them."
        + (f" Success is told best by: {best.title.split(': ')[1]} ({best.said()})." if best else ""),
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Trajectory", Holds.RESPONSE),
            Column("Worst step", Holds.NUMBER),
            Column("Its score", Holds.NUMBER),
        ),
        rows=tuple(rows),
        notes=notes,
        plot=Plot(
            "Success told by aggregates of steps",
            "area under the curve",
            "",
            [
                Series(
                    "AUC",
                    [one.value for one in figures[2:]],
                    [one.title.split(": ")[1] for one in figures[2:]],
                    Form.BARS,
                )
            ],
            lines=[0.5],
            across=True,
        )
        if len(figures) > 2
        else None,
    )


def _auc(values: Floats, won: npt.NDArray[np.bool_]) -> float:
    """The chance that a success scores above a failure, ties by half."""
    ranks = ranked(values)
    good, bad = int(won.sum()), int((~won).sum())
    return float((ranks[won].sum() - good * (good + 1) / 2) / (good * bad))


PADDING = Audit(
    kind="padding",
    version=1,
    title="Padding and loops",
    needs=(Need.STEPS,),
    run=run_padding,
    question="Does it pay to repeat a good step, or to do and undo?",
    source="P8; Clip and Delta (2410.15115), Robo-Dopamine (2512.23703)",
    policy="A trajectory with an unscored step is left out. A gain of nothing is no gain.",
    params=(
        Param(
            "shaping",
            "As it is paid",
            "choice",
            "none",
            "The shaping that the band is about.",
            choices=tuple(str(one) for one in SHAPINGS),
        ),
        Param("eta", "η of clip", "number", 0.5, "From this score on a clipped step costs nothing.", 0, 1),
        Param("poor", "Poor from", "number", 0.1, "From this share of trajectories on it is poor.", 0, 1),
    ),
)
ORDER = Audit(
    kind="progress",
    version=1,
    title="Progress of steps",
    needs=(Need.STEPS,),
    run=run_order,
    question="Do the scores of steps rise as the task gets done?",
    source="P8; VOC of Robo-Dopamine (2512.23703)",
    policy="Steps with equal scores share their rank; a trajectory all alike has no correlation and is counted.",
    params=(
        Param("good", "Good from", "number", 0.6, "From this correlation on it is good.", -1, 1),
        Param("poor", "Poor up to", "number", 0.2, "Up to this correlation it is poor.", -1, 1),
    ),
)
SOUND = Audit(
    kind="unsound_steps",
    version=1,
    title="Right answer, unsound steps",
    needs=(Need.STEPS,),
    run=run_sound,
    question="Which right answers rest on steps that are not sound?",
    source="P8; RRM; bound and AUC ours",
    policy="A trajectory with an unscored step is left out; in the areas ties count half.",
    params=(
        Param("bound", "Unsound below", "number", 0.5, "A step below this score is not sound.", 0, 1),
        Param("good", "Good up to", "number", 0.05, "Up to this share of right answers it is good.", 0, 1),
        Param("poor", "Poor from", "number", 0.2, "From this share on it is poor.", 0, 1),
    ),
)

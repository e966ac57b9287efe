"""Whether a policy that does nothing useful would be paid, and whether penalties drown what is good."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import (
    Band,
    Cell,
    Column,
    Figure,
    Finding,
    Holds,
    Inputs,
    Need,
    Unit,
    graded,
    written,
)
from domain.audits.taking import SCORER, TooFew, scored, scorer

POLICY = "policy"
NEAR = 1e-9
MOST_AT_FLOOR = 0.3


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """The mean reward of each degenerate policy against the median real answer.

    It fails where a policy reaches the median, or ranks above the chosen quantile of real answers (Job application
    reward, 2511.16073; policies and quantile ours).
    """
    taken = scored(inputs, params["scorer"])
    answers, values = taken.answers, taken.scores.values
    policies = answers.tagged(POLICY)
    real = values[policies == ""]
    names = [str(one) for one in np.unique(policies) if one]
    if not names or not len(real):
        raise TooFew("There have to be scored answers of a degenerate policy and real ones beside them.")
    median, limit = float(np.median(real)), float(np.quantile(real, params["quantile"]))
    found = []
    for name in names:
        mine = policies == name
        figure = measured.mean(
            name, name, values=values[mine], codes=answers.groups.codes[mine], rng=rng, unit=Unit.NUMBER
        )
        rank = float((np.sum(real < figure.value) + 0.5 * np.sum(real == figure.value)) / len(real))
        found.append((figure, rank, (figure.value or 0.0) >= median - NEAR))
    found.sort(key=lambda one: (-(one[0].value or 0.0), one[0].name))
    best, rank, wins = found[0]
    winners = [figure.name for figure, _, reached in found if reached]
    worst = Figure("rank", "Rank of the best degenerate policy among real answers", rank, unit=Unit.SHARE, n=len(real))
    band = Band.POOR if wins else Band.WATCH if (best.value or 0.0) > limit else Band.GOOD
    reading = (
        f"{_all(winners)}."
        if winners
        else (
            f"No degenerate policy reaches the median real answer ({written(median)}); the best, {best.name}, gets "
            f"{best.said()}{', which is more than it should' if band is Band.WATCH else ''}."
        )
    )
    order = np.lexsort((np.arange(len(values)), -values))
    rows: list[tuple[Cell, ...]] = [
        (str(policies[n]), answers.prompts[n], answers.ids[n], float(values[n])) for n in order.tolist() if policies[n]
    ]
    bars = Series(
        "mean score",
        [one.value for one, _, _ in found],
        [one.name for one, _, _ in found],
        Form.BARS,
        [one.low for one, _, _ in found],
        [one.high for one, _, _ in found],
    )
    return Finding(
        figures=(
            worst,
            Figure("median", "Median real answer", median),
            Figure("mean", "Mean real answer", float(real.mean())),
            *(one for one, _, _ in found),
        ),
        band=band,
        reading=reading,
        notes=taken.notes,
        rows=tuple(rows),
        columns=(
            Column("Policy"),
            Column("Prompt", Holds.PROMPT),
            Column("Answer", Holds.RESPONSE),
            Column("Score", Holds.NUMBER),
        ),
        plot=Plot(
            "Mean score of each policy; the line is the median real answer",
            "mean score",
            "",
            [bars],
            lines=[median],
            across=True,
        ),
    )


def _all(winners: Sequence[str]) -> str:
    if len(winners) == 1:
        return f"{winners[0]} wins: a policy that does only that is paid as much as the median real answer"
    return f"{', '.join(winners[:-1])} and {winners[-1]} win: each is paid as much as the median real answer"


def run_penalties(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """How much can be lost against how much can be won, and how many answers lie at the floor.

    Fails above 30 % of answers at the floor (Job application reward, 2511.16073; bounds ours).
    """
    taken = scored(inputs, params["scorer"])
    table = scorer(inputs, params["scorer"])
    if table.weights is None:
        raise TooFew("The weights of the criteria are not known.")
    won, lost = float(table.weights[table.weights > 0].sum()), float(-table.weights[table.weights < 0].sum())
    values = taken.scores.values
    floor = table.floor if table.floor is not None else float(values.min())
    low = (values <= floor + NEAR).astype(np.float64)
    at_floor = measured.mean(
        "floor", f"Answers at the floor ({written(floor)})", values=low, codes=taken.answers.groups.codes, rng=rng
    )
    budget = Figure("budget", "Weight that can be lost per weight that can be won", lost / won if won > 0 else None)
    below = Figure("below", "Answers that are paid less than nothing", float((values < -NEAR).mean()), unit=Unit.SHARE)
    bands = [graded(at_floor, good=params["good"], poor=params["poor"]), graded(budget, good=1.0, poor=2.0)]
    band = Band.POOR if Band.POOR in bands else next((one for one in bands if one is not Band.GOOD), Band.GOOD)
    reading = (
        f"Penalties weigh {budget.said()} times what can be won, and {at_floor.said()} of the answers lie at the "
        "floor, where nothing tells them apart."
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, float(weight), share)
        for name, weight, share in zip(table.criteria, table.weights, _met(inputs, params), strict=True)
    )
    bars = Series("answers", *measured.histogram(values), Form.BARS)
    return Finding(
        figures=(at_floor, budget, below),
        band=band,
        reading=reading,
        notes=taken.notes,
        rows=rows,
        columns=(Column("Criterion"), Column("Weight", Holds.NUMBER), Column("True of answers", Holds.SHARE)),
        plot=Plot("Scores", "score", "answers", [bars]),
    )


def _met(inputs: Inputs, params: Params) -> list[float | None]:
    table = scorer(inputs, params["scorer"])
    if table.degrees is None:
        return [None] * len(table.criteria)
    known = ~np.isnan(table.degrees)
    counts = known.sum(axis=0)
    total = np.where(known, table.degrees, 0.0).sum(axis=0)
    return [float(one / count) if count else None for one, count in zip(total, counts, strict=True)]


AUDIT = Audit(
    kind="degenerate",
    version=1,
    title="Degenerate policies",
    needs=(Need.SCORES,),
    run=run,
    wanted=(POLICY,),
    tags=(POLICY,),
    question="Is an empty, refusing, echoing or stuffed answer paid like a real one?",
    source="P7; Job application reward (2511.16073)",
    policy="A policy that equals the median real answer has reached it. Of equal scores half count as below in ranks.",
    params=(
        SCORER,
        Param(
            "quantile",
            "Quantile",
            "number",
            0.25,
            "A policy above this quantile of real answers is to be watched.",
            0,
            1,
        ),
    ),
)
PENALTIES = Audit(
    kind="penalties",
    version=1,
    title="Penalty budget",
    needs=(Need.SCORES, Need.WEIGHTS),
    run=run_penalties,
    question="Do penalties drown what is good, so that nothing pays?",
    source="P7; Job application reward (2511.16073)",
    policy="The floor is the scorer's own, else the lowest score of the sample.",
    params=(
        SCORER,
        Param("good", "Good up to", "number", 0.1, "Up to this share of answers at the floor it is good.", 0, 1),
        Param("poor", "Poor from", "number", MOST_AT_FLOOR, "From this share on the floor saturates.", 0, 1),
    ),
)

"""How often the better answer of a pair is preferred, over all and by what the pairs are about."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.positions import judged
from domain.audits.shapes import Cell, Column, Figure, Finding, Floats, Holds, Inputs, Judged, Need, graded
from domain.audits.taking import JUDGE, TooFew, given_pairs

HALF = 0.5


def credit(judge: Judged, tie: float) -> Floats:
    """What each pair is worth in [0, 1]: the mean over the orders that were asked; an unread reply is worth nothing."""
    orders = [judge.first, judge.second]
    worth = [np.where(np.isnan(one), 0.0, measured.wins(one - HALF, tie=tie)) for one in orders]
    if not judge.once:
        found: Floats = (worth[0] + worth[1]) / 2
        return found
    return np.where(np.isnan(judge.first), worth[1], worth[0])


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Accuracy under three policies on ties, prompts with every pair right (ACC+ of MM-RLHF, 2502.10391), the rank of
    the better answer (RewardMATH: 1 / (1 + lost pairs)), and the accuracy by a tag."""
    pairs, judge = given_pairs(inputs), judged(inputs, params["judge"])
    names, codes = np.unique(np.array(pairs.prompts, dtype=np.str_), return_inverse=True)
    read = ~np.isnan(judge.first) | ~np.isnan(judge.second)
    if not read.any():
        raise TooFew(f"No reply of {judge.name} could be read.")
    strict, lenient, split = credit(judge, 0.0), credit(judge, 1.0), credit(judge, HALF)
    counts = np.bincount(codes)
    lost = np.bincount(codes, (strict < 1.0).astype(np.float64))

    def share(name: str, title: str, values: Floats) -> Figure:
        return measured.mean(name, title, values=values, codes=codes, rng=rng)

    figures = [
        share("split", "Better answer preferred, ties by half", split),
        share("strict", "Better answer preferred, ties a loss", strict),
        share("lenient", "Better answer preferred, ties a win", lenient),
        share("unread", "Replies that could not be read", (~read).astype(np.float64)),
        measured.mean(
            "all_right", "Prompts with every pair right", values=(lost == 0).astype(np.float64), codes=None, rng=rng
        ),
        measured.mean("rank", "Mean 1 / (1 + lost pairs)", values=np.reciprocal(1.0 + lost), codes=None, rng=rng),
    ]
    by = _by(pairs.tags.get(params["by"], ()), split, codes, rng)
    wrong = np.flatnonzero(strict < 1.0)
    order = wrong[np.lexsort((wrong, split[wrong]))].tolist()
    rows: list[tuple[Cell, ...]] = [
        (pairs.ids[n], pairs.prompts[n], pairs.better[n], pairs.worse[n], float(split[n])) for n in order
    ]
    bars = Series(
        "accuracy, ties by half",
        [one.value for one in by],
        [one.title for one in by],
        Form.BARS,
        [one.low for one in by],
        [one.high for one in by],
    )
    reading = f"{judge.name} prefers the better answer in {figures[0].said()} of {len(pairs):,} pairs (ties by half)"
    if by:
        least = min(by, key=lambda one: one.value or 0.0)
        reading += f"; least in {least.title} ({least.said()})"
    if int(counts.max()) > 1:
        reading += f". On {figures[4].said()} of {len(names):,} prompts every pair is right"
    return Finding(
        figures=(*figures, *by),
        band=graded(figures[0], good=params["good"], poor=params["poor"]),
        reading=f"{reading}.",
        columns=(
            Column("Pair", Holds.PAIR),
            Column("Prompt", Holds.PROMPT),
            Column("Better", Holds.RESPONSE),
            Column("Worse", Holds.RESPONSE),
            Column("Worth", Holds.NUMBER),
        ),
        rows=tuple(rows),
        plot=Plot("Accuracy", "accuracy", "", [bars], lines=[HALF], across=True) if by else None,
    )


def _by(tags: object, worth: Floats, codes: npt.NDArray[np.intp], rng: np.random.Generator) -> list[Figure]:
    if not isinstance(tags, list | tuple) or not any(tags):
        return []
    names = np.array(tags, dtype=np.str_)
    return [
        measured.mean(
            f"in_{name}", str(name) or "without", values=worth[names == name], codes=codes[names == name], rng=rng
        )
        for name in np.unique(names)
    ]


AUDIT = Audit(
    kind="pairs",
    version=1,
    title="Pairs",
    needs=(Need.PAIRS,),
    run=run,
    question="How often does the judge prefer the better answer, and where does it not?",
    source="P2; RewardMATH (2410.01729), MM-RLHF (2502.10391), RAG-RewardBench (2412.13746) for accuracy by scenario",
    policy="Three policies on ties are shown; a reply that cannot be read is a loss under each. A pair asked in both "
    "orders is worth the mean of both.",
    params=(
        JUDGE,
        Param("by", "By tag", "text", "subset", "The tag of pairs by which accuracies are told apart."),
        Param("good", "Good from", "number", 0.85, "From this accuracy on it is good.", 0, 1),
        Param("poor", "Poor up to", "number", 0.65, "Up to this accuracy it is poor.", 0, 1),
    ),
)

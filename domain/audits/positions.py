"""Whether the place of an answer decides: pairs in both orders, and lists in several."""

from __future__ import annotations

import numpy as np

from domain.audits import measured
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
    Judged,
    Need,
    Unit,
    graded,
    written,
)
from domain.audits.taking import JUDGE, SCORER, Lacking, TooFew, given_pairs, scored

HALF = 0.5


def judged(inputs: Inputs, name: str) -> Judged:
    """A judge of pairs by its name, or the first that was asked in both orders."""
    pairs = given_pairs(inputs)
    known = [one for one in pairs.judged if not name or one.name == name]
    if not known:
        raise Lacking("There are no verdicts of this judge." if name else "There are no verdicts on pairs.")
    return next((one for one in known if not one.once), known[0])


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Accuracy over both orders, how often both agree, and how far the answer in front is preferred.

    Forward and reversed accuracy as Multimodal RewardBench 2 (2512.16899) counts them, ties by half; an unread reply is
    a loss and never steady.
    """
    pairs, judge = given_pairs(inputs), judged(inputs, params["judge"])
    if judge.once:
        raise TooFew(f"{judge.name} was asked in one order only.")
    first, second = judge.first, judge.second
    read = ~(np.isnan(first) | np.isnan(second))
    if not read.any():
        raise TooFew("No pair has a reply that could be read in both orders.")
    _, codes = np.unique(np.array(pairs.prompts, dtype=np.str_), return_inverse=True)
    worth = [np.where(np.isnan(one), 0.0, measured.wins(one - HALF)) for one in (first, second)]
    strict = [np.where(np.isnan(one), 0.0, (one > HALF).astype(np.float64)) for one in (first, second)]
    same = read & (np.sign(first - HALF) == np.sign(second - HALF))
    front = (first + 1.0 - second) / 2.0

    def share(name: str, title: str, values: Floats) -> Figure:
        return measured.mean(name, title, values=values, codes=codes, rng=rng)

    steady = share("steady", "Both orders agree", same.astype(np.float64))
    bias = measured.mean(
        "bias",
        "Preference for the answer in front, less ½",
        values=front[read] - HALF,
        codes=codes[read],
        rng=rng,
        unit=Unit.NUMBER,
    )
    figures = (
        steady,
        bias,
        share("accuracy", "Better answer preferred, over both orders", (worth[0] + worth[1]) / 2),
        share("both", "Better answer preferred in both orders", strict[0] * strict[1]),
        share("in_front", "Better answer preferred when in front", worth[0]),
        share("behind", "Better answer preferred when behind", worth[1]),
        share("unread", "Pairs with a reply that could not be read", (~read).astype(np.float64)),
    )
    swing = np.where(read, np.abs(first + second - 1.0 - 2 * (second - HALF)), np.inf)
    order = np.lexsort((np.arange(len(swing)), -swing))
    rows: list[tuple[Cell, ...]] = [
        (pairs.ids[n], pairs.prompts[n], pairs.better[n], pairs.worse[n], _plain(first[n]), _plain(second[n]))
        for n in order.tolist()
        if not same[n]
    ]
    bars = Series(
        "better answer preferred",
        [figures[4].value, figures[5].value],
        ["in front", "behind"],
        Form.BARS,
        [figures[4].low, figures[5].low],
        [figures[4].high, figures[5].high],
    )
    side = "in front" if (bias.value or 0.0) > 0 else "behind"
    return Finding(
        figures=figures,
        band=graded(steady, good=params["good"], poor=params["poor"]),
        reading=f"Order changes {written(1 - (steady.value or 0.0), Unit.SHARE)} of the verdicts on pairs, unread "
        f"replies included; the answer {side} is preferred by "
        f"{written(abs(bias.value or 0.0), Unit.SHARE)} more than half.",
        columns=(
            Column("Pair", Holds.PAIR),
            Column("Prompt", Holds.PROMPT),
            Column("Better", Holds.RESPONSE),
            Column("Worse", Holds.RESPONSE),
            Column("Preferred in front", Holds.NUMBER),
            Column("Preferred behind", Holds.NUMBER),
        ),
        rows=tuple(rows),
        plot=Plot("Where the better answer stands", "preferred", "", [bars], lines=[HALF], across=True),
    )


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def run_lists(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """The score of answers by their place in the list, less what the same answer gets over all places.

    Under a Latin square every answer has every place once, and a bias that only adds cancels (YOJO, 2604.10966).
    """
    taken = scored(inputs, params["scorer"])
    answers, values = taken.answers, taken.scores.values
    places = answers.tagged("position")
    same = answers.tagged("of")
    there = places != ""
    if not there.any():
        raise TooFew("No answer has a place.")
    key = [
        f"{prompt}\0{one or own}" for prompt, one, own in zip(answers.prompts, same.tolist(), answers.ids, strict=True)
    ]
    _, codes = np.unique(np.array(key)[there], return_inverse=True)
    many = np.bincount(codes)[codes] > 1
    if not many.any():
        raise TooFew("No answer was judged in more than one place.")
    rows = np.flatnonzero(there)[many]
    codes = codes[many]
    mean = np.bincount(codes, values[rows])[codes] / np.bincount(codes)[codes]
    apart, names = values[rows] - mean, places[rows]
    order = sorted({str(one) for one in names}, key=lambda one: (len(one), one))
    figures = [
        measured.mean(
            f"place_{name}",
            f"Place {name}",
            values=apart[names == name],
            codes=codes[names == name],
            rng=rng,
            unit=Unit.NUMBER,
        )
        for name in order
    ]
    spread = float(np.sqrt((answers.groups.centred(values) ** 2).mean()))
    held = [one.value or 0.0 for one in figures]
    size = (max(held) - min(held)) / spread if spread > 1e-12 else 0.0
    headline = Figure("range", "Best place less worst, in standard deviations within prompts", size, n=len(rows))
    best, worst = order[held.index(max(held))], order[held.index(min(held))]
    line = Series(
        "score less the answer's mean",
        order,
        held,
        Form.BARS,
        [one.low for one in figures],
        [one.high for one in figures],
    )
    wobble = np.abs(apart)
    listed = np.lexsort((np.arange(len(wobble)), -wobble))[:MOST_ROWS].tolist()
    return Finding(
        figures=(headline, *figures),
        band=graded(headline, good=params["good"], poor=params["poor"]),
        reading=f"An answer gets {written(max(held) - min(held))} more at place {best} than at place {worst}: "
        f"{written(size)} standard deviations of the scores within a prompt.",
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Answer", Holds.RESPONSE),
            Column("Place"),
            Column("Score less its mean", Holds.NUMBER),
        ),
        rows=tuple((answers.prompts[rows[n]], answers.ids[rows[n]], str(names[n]), float(apart[n])) for n in listed),
        left_out=max(0, len(wobble) - MOST_ROWS),
        notes=taken.notes,
        plot=Plot("Score by place", "place", "score less the answer's mean", [line], lines=[0.0]),
    )


AUDIT = Audit(
    kind="position",
    version=1,
    title="Position",
    needs=(Need.PAIRS, Need.ORDERS),
    run=run,
    question="Does the order of two answers change the verdict?",
    source="P9; Multimodal RewardBench 2 (2512.16899), Pairwise-RL (2504.04950)",
    policy="A tie is half right in the accuracies and steady only against a tie; a reply that cannot be read is a loss "
    "and never steady.",
    params=(
        JUDGE,
        Param("good", "Good from", "number", 0.9, "From this share of agreeing orders on it is good.", 0, 1),
        Param("poor", "Poor up to", "number", 0.7, "Up to this share it is poor.", 0, 1),
    ),
)
LISTS = Audit(
    kind="permutation",
    version=1,
    title="Place in a list",
    needs=(Need.SCORES,),
    run=run_lists,
    wanted=("position",),
    tags=("position", "of"),
    question="Does an answer's place in a list change its score?",
    source="P9; YOJO (2604.10966)",
    policy="Only answers judged in two or more places count.",
    params=(
        SCORER,
        Param("good", "Good up to", "number", 0.1, "Up to this range of places it is good.", 0, 10),
        Param("poor", "Poor from", "number", 0.5, "From this range on it is poor.", 0, 10),
    ),
)

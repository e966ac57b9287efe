"""IFEval (2311.07911) and IFBench (2507.02833): how far answers follow instructions that rules check."""

from __future__ import annotations

import numpy as np

from domain.audits.grouping import Groups
from domain.audits.shapes import Figure, Floats, Inputs
from domain.audits.taking import TooFew
from domain.benchmarks.shapes import Marked, Outcome
from domain.benchmarks.totals import mean_figure, micro, outcome

NOTHING = "No answer has instructions that rules check."


def strictly(inputs: Inputs, _: str, rng: np.random.Generator) -> Outcome:
    """IFEval: the share of answers that follow every instruction, read strictly."""
    return _followed(inputs, rng, headline="strict")


def loosely(inputs: Inputs, _: str, rng: np.random.Generator) -> Outcome:
    """IFBench: the share of answers that follow every instruction, read loosely."""
    return _followed(inputs, rng, headline="loose")


def _followed(inputs: Inputs, rng: np.random.Generator, *, headline: str) -> Outcome:
    """`known.said` is whether an instruction is followed strictly, `known.truth` loosely, one row an instruction."""
    known = inputs.known
    if known is None or not len(known.said):
        raise TooFew(NOTHING)
    groups = Groups.of(known.ids)
    by_reading = {"strict": known.said, "loose": known.truth}
    whole: dict[str, Floats] = {name: groups.least(np.nan_to_num(values)) for name, values in by_reading.items()}
    prompts = [known.prompts[n] for n in groups.order[groups.starts].tolist()]
    figures: list[Figure] = []
    for name, values in by_reading.items():
        figures.append(mean_figure(f"answers_{name}", f"Answers, {name}", whole[name], prompts, rng))
        each = np.nan_to_num(values)
        figures.append(mean_figure(f"instructions_{name}", f"Instructions, {name}", each, known.prompts, rng))
    marked = Marked(
        ids=known.ids, prompts=known.prompts, domains=[one.partition(":")[0] for one in known.criteria],
        credit=np.nan_to_num(by_reading[headline]), chance=np.zeros(len(known.ids)),
        tied=np.zeros(len(known.ids), dtype=bool), unscored=np.isnan(by_reading[headline]),
    )  # fmt: skip
    found = outcome(marked, micro, rng, figures=figures)
    first = next(one for one in figures if one.name == f"answers_{headline}")
    score = Figure("score", first.title, first.value, first.low, first.high, first.unit, first.n)
    note = "The table by domain counts instructions, the score whole answers."
    return Outcome(score, None, found.figures, found.domains, len(groups), 0, found.unscored, found.lost, (note,))

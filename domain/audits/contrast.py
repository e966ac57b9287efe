"""Whether a response is matched with its own instruction among two that are nearly alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import Cell, Column, Figure, Finding, Holds, Inputs, Need, Unit, graded
from domain.audits.taking import SCORER, TooFew, right, scored

ITEM, CONTENT = "contrast", "content"


class Cells(NamedTuple):
    """The four scores of an item: R(instruction, response), and the ids of what was scored."""

    own_first: float
    other_first: float
    own_second: float
    other_second: float
    prompts: tuple[str, str]
    ids: tuple[str, str]


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """C_res: the instruction stays and its own response must score higher; C_ins: the response stays and its own
    instruction must (2309.16155). Ties are no match. All four comparisons together are ours."""
    taken = scored(inputs, params["scorer"], correct=True)
    cells = _cells(
        taken.answers.tagged(ITEM).tolist(),
        taken.answers.tagged(CONTENT).tolist(),
        taken.answers.prompts,
        taken.answers.ids,
        right(taken.answers).tolist(),
        taken.scores.values.tolist(),
    )
    if not cells:
        raise TooFew("No item has two instructions and two responses, all four scored.")
    # Rows: items; columns: response 1 on instruction 1 over response 2, and the other way; the same by instruction.
    res = np.array([[one.own_first - one.other_first, one.own_second - one.other_second] for one in cells.values()])
    ins = np.array([[one.own_first - one.other_second, one.own_second - one.other_first] for one in cells.values()])

    def share(name: str, title: str, values: Any) -> Figure:
        per = np.asarray(values, dtype=np.float64)
        return measured.mean(name, title, values=per.mean(axis=1) if per.ndim > 1 else per, codes=None, rng=rng)

    c_res = share("c_res", "Own response preferred (C_res)", res > 0)
    c_ins = share("c_ins", "Own instruction preferred (C_ins)", ins > 0)
    figures = (
        c_ins,
        c_res,
        share("all_four", "All four comparisons right", (res > 0).all(axis=1) & (ins > 0).all(axis=1)),
        Figure("ties_res", "Ties between responses", float((res == 0).mean()), unit=Unit.SHARE),
        Figure("ties_ins", "Ties between instructions", float((ins == 0).mean()), unit=Unit.SHARE),
    )
    worst = np.minimum(res.min(axis=1), ins.min(axis=1))
    names = list(cells)
    rows: list[tuple[Cell, ...]] = []
    for n in np.lexsort((np.arange(len(worst)), worst)).tolist():
        one = cells[names[n]]
        rows.append(
            (
                names[n],
                one.prompts[0],
                one.ids[0],
                one.own_first,
                one.other_first,
                one.prompts[1],
                one.ids[1],
                one.own_second,
                one.other_second,
            )
        )
    bars = Series(
        "share",
        [c_res.value, c_ins.value, figures[2].value],
        ["C_res", "C_ins", "all four"],
        Form.BARS,
        [c_res.low, c_ins.low, figures[2].low],
        [c_res.high, c_ins.high, figures[2].high],
    )
    return Finding(
        figures=figures,
        band=graded(c_ins, good=params["good"], poor=params["poor"]),
        reading=f"Of two instructions that are nearly alike a response is matched with its own in {c_ins.said()} of "
        f"cases; an instruction finds its own response in {c_res.said()}. Chance is 50 %, people reach about 80 %.",
        columns=(
            Column("Item"),
            Column("Instruction", Holds.PROMPT),
            Column("Response", Holds.RESPONSE),
            Column("Own", Holds.NUMBER),
            Column("Other's", Holds.NUMBER),
            Column("Instruction", Holds.PROMPT),
            Column("Response", Holds.RESPONSE),
            Column("Own", Holds.NUMBER),
            Column("Other's", Holds.NUMBER),
        ),
        rows=tuple(rows),
        notes=taken.notes,
        plot=Plot("Consistency", "share", "", [bars], lines=[0.5], across=True),
    )


def _cells(  # noqa: PLR0917
    items: list[str],
    contents: list[str],
    prompts: Sequence[str],
    ids: Sequence[str],
    own: list[bool],
    values: list[float],
) -> dict[str, Cells]:
    """The items of which all four cells are there: two instructions, each with its own and the other's response."""
    held: dict[str, dict[tuple[str, str], tuple[float, bool, str]]] = {}
    for item, content, prompt, name, mine, value in zip(items, contents, prompts, ids, own, values, strict=True):
        if item:
            held.setdefault(item, {})[prompt, content] = (value, mine, name)
    found = {}
    for item, cells in held.items():
        owners = {prompt: content for (prompt, content), (_, mine, _) in cells.items() if mine}
        if len(cells) != 4 or len(owners) != 2 or len(set(owners.values())) != 2:
            continue
        one, two = owners
        found[item] = Cells(
            cells[one, owners[one]][0],
            cells[one, owners[two]][0],
            cells[two, owners[two]][0],
            cells[two, owners[one]][0],
            (one, two),
            (cells[one, owners[one]][2], cells[two, owners[two]][2]),
        )
    return found


AUDIT = Audit(
    kind="contrast",
    version=1,
    title="Contrast instructions",
    needs=(Need.SCORES, Need.CORRECT),
    run=run,
    wanted=(ITEM, CONTENT),
    tags=(ITEM, CONTENT),
    question="Does the scorer read the instruction, or only the answer?",
    source="P5; Trickle-down (in)consistency (2309.16155)",
    policy="A tie is no match and is counted.",
    params=(
        SCORER,
        Param("good", "Good from", "number", 0.8, "From this C_ins on it is good: what people reach.", 0, 1),
        Param("poor", "Poor up to", "number", 0.6, "Up to this C_ins it is near chance.", 0, 1),
    ),
)

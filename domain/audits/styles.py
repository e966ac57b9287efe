"""Whether style decides: right and wrong answers in the same styles, each right one held against each wrong one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain import errors
from domain.audits import measured
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Plot
from domain.audits.shapes import Answers, Cell, Column, Figure, Finding, Floats, Holds, Inputs, Need, Unit, graded
from domain.audits.taking import SCORER, TooFew, right, scored

STYLE = "style"


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """RM-Bench's matrix (2410.16184): right answers by style (rows) against wrong ones (columns), ties a loss.

    Hard is the mean where the right answer is plainer than the wrong one, normal where both are of one style, easy
    where it is fancier. The effect of style is the score of the fanciest less the plainest for the same correctness.
    """
    taken = scored(inputs, params["scorer"], correct=True)
    answers, values = taken.answers, taken.scores.values
    styles = _order(answers, params["order"])
    left, other = answers.groups.comparisons
    truth, names = right(answers), answers.tagged(STYLE)
    place = np.array([styles.index(name) if name in styles else -1 for name in names.tolist()])
    mixed = (truth[left] != truth[other]) & (place[left] >= 0) & (place[other] >= 0)
    left, other = left[mixed], other[mixed]
    if not len(left):
        raise TooFew("No prompt has a right and a wrong answer, both with a style.")
    better, worse = np.where(truth[left], left, other), np.where(truth[left], other, left)
    won = (values[better] > values[worse]).astype(np.float64)
    codes, apart = answers.groups.codes[better], place[better] - place[worse]
    cells = _cells(won, place[better], place[worse], len(styles))
    figures = _figures(won, codes, apart, rng)
    effect = _effect(answers, values, place, len(styles), rng)
    gap = _gap(figures)
    return Finding(
        figures=(*figures, gap, effect),
        reading=_reading(figures, effect, styles),
        band=graded(gap, good=params["good"], poor=params["poor"]),
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Right answer", Holds.RESPONSE),
            Column("Its style"),
            Column("Wrong answer", Holds.RESPONSE),
            Column("Its style"),
            Column("Gap", Holds.NUMBER),
        ),
        rows=_rows(answers, values, better, worse),
        notes=taken.notes,
        plot=Plot(
            "Right answers in a style (down) against wrong ones (across)",
            "style of the wrong answer",
            "style of the right answer",
            cells=cells,
            columns=styles,
            rows=styles,
        ),
    )


def _order(answers: Answers, asked: str) -> list[str]:
    """The styles from the plainest, as asked or by their mean length."""
    there = [str(one) for one in np.unique(answers.tagged(STYLE)) if one]
    named = [one.strip() for one in asked.split(",") if one.strip()]
    if named:
        if set(named) - set(there):
            raise errors.Invalid(f"The styles are {', '.join(there)}.", code="audit_params_invalid")
        return named
    if len(there) < 2:
        raise TooFew("There are fewer than two styles.")
    if answers.lengths is None:
        return there
    names, lengths = answers.tagged(STYLE), answers.lengths
    return sorted(there, key=lambda one: (float(lengths[names == one].mean()), one))


def _cells(won: Floats, row: npt.NDArray[np.intp], column: npt.NDArray[np.intp], size: int) -> list[list[float | None]]:
    count = np.bincount(row * size + column, minlength=size * size)
    total = np.bincount(row * size + column, won, size * size)
    return [
        [float(total[n * size + m] / count[n * size + m]) if count[n * size + m] else None for m in range(size)]
        for n in range(size)
    ]


def _figures(
    won: Floats, codes: npt.NDArray[np.intp], apart: npt.NDArray[np.intp], rng: np.random.Generator
) -> list[Figure]:
    parts = (
        ("hard", "Hard: the right answer is plainer", apart < 0),
        ("normal", "Normal: both in one style", apart == 0),
        ("easy", "Easy: the right answer is fancier", apart > 0),
        ("all", "All", np.ones(len(apart), dtype=bool)),
    )
    return [measured.mean(name, title, values=won[mask], codes=codes[mask], rng=rng) for name, title, mask in parts]


def _gap(figures: list[Figure]) -> Figure:
    hard, easy = figures[0].value, figures[2].value
    return Figure("gap", "Easy less hard", None if hard is None or easy is None else easy - hard, unit=Unit.SHARE)


def _effect(
    answers: Answers, values: Floats, place: npt.NDArray[np.intp], size: int, rng: np.random.Generator
) -> Figure:
    """The score of the fanciest less that of the plainest among answers of one prompt and one correctness."""
    key = [f"{prompt}\0{fact}" for prompt, fact in zip(answers.prompts, right(answers).tolist(), strict=True)]
    _, cell = np.unique(np.array(key), return_inverse=True)
    count = int(cell.max()) + 1
    means = []
    for wanted in (0, size - 1):
        mine = place == wanted
        there = np.bincount(cell[mine], minlength=count)
        means.append(np.where(there > 0, np.bincount(cell[mine], values[mine], count) / np.maximum(there, 1), np.nan))
    gap = means[1] - means[0]
    known = ~np.isnan(gap)
    prompt = np.zeros(count, dtype=np.intp)
    prompt[cell] = answers.groups.codes
    return measured.mean(
        "effect",
        "Score of the fanciest style less the plainest",
        values=gap[known],
        codes=prompt[known],
        rng=rng,
        unit=Unit.NUMBER,
    )


def _rows(
    answers: Answers, values: Floats, better: npt.NDArray[np.intp], worse: npt.NDArray[np.intp]
) -> tuple[tuple[Cell, ...], ...]:
    gap, names = values[worse] - values[better], answers.tagged(STYLE)
    rows: list[tuple[Cell, ...]] = []
    for n in np.lexsort((np.arange(len(gap)), -gap))[:100].tolist():
        if gap[n] < 0:
            break
        one, two = int(better[n]), int(worse[n])
        rows.append(
            (answers.prompts[one], answers.ids[one], str(names[one]), answers.ids[two], str(names[two]), float(gap[n]))
        )
    return tuple(rows)


def _reading(figures: list[Figure], effect: Figure, styles: list[str]) -> str:
    hard, normal, easy, _ = figures
    said = (
        f"A right answer wins {hard.said()} where it is plainer than the wrong one, {normal.said()} in the same style "
        f"and {easy.said()} where it is fancier."
    )
    if effect.value is not None:
        said += f" {styles[-1]} alone is worth {effect.value:+.3g} over {styles[0]}."
    return said


AUDIT = Audit(
    kind="style",
    version=1,
    title="Style",
    needs=(Need.SCORES, Need.CORRECT),
    run=run,
    wanted=(STYLE,),
    tags=(STYLE,),
    question="Does the fancier answer win although it is wrong?",
    source="P6; RM-Bench (2410.16184), InternLM-XComposer2.5-Reward (2501.12368); the band is by easy less hard (ours)",
    policy="A tie is a loss of the right answer. Answers without a score, a style or a known correctness are left out.",
    params=(
        SCORER,
        Param("order", "Styles", "text", "", "From the plainest, with commas; by mean length where nothing is said."),
        Param(
            "good", "Good up to", "number", 0.15, "Up to this difference of easy and hard style hardly matters.", 0, 1
        ),
        Param("poor", "Poor from", "number", 0.4, "From this difference on style decides.", 0, 1),
    ),
)

"""Whether a judge's probabilities mean what they say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain import errors
from domain.audits import measured, resampling
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Plot, Series
from domain.audits.shapes import (
    MOST_ROWS,
    Cell,
    Column,
    Figure,
    Finding,
    Floats,
    Holds,
    Inputs,
    Known,
    Need,
    Unit,
    graded,
)
from domain.audits.taking import TooFew


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """Expected calibration error over bins of equal width, Brier score, and where it is too sure.

    Σ over bins of share · |mean said − mean known|, in [0, 1]; intervals are over prompts. Without any miscalibration
    the error is still above 0 in a small sample: what chance alone makes of it stands beside it (ours).
    """
    known = inputs.known
    assert known is not None
    there = ~(np.isnan(known.said) | np.isnan(known.truth))
    said, truth = known.said[there], known.truth[there]
    if not len(said):
        raise TooFew("No decision has both a probability and a known truth.")
    if said.min() < 0 or said.max() > 1 or truth.min() < 0 or truth.max() > 1:
        raise errors.Invalid("Probabilities and truths lie from 0 to 1.", code="audit_not_a_probability")
    count = int(params["bins"])
    places = np.minimum((said * count).astype(np.intp), count - 1)
    prompts = np.unique(np.array(known.prompts, dtype=np.str_)[there], return_inverse=True)[1]
    sums = _sums(prompts, places, truth - said, count)
    low, high = resampling.interval(sums, lambda drawn: _error(drawn, count), rng)
    ece = Figure(
        "ece", "Expected calibration error", float(_error(sums.sum(axis=0)[None, :], count)[0]), low, high, n=len(said)
    )
    drawn = (rng.random((100, len(said))) < said) if len(said) * 100 <= 2_000_000 else None
    chance = None
    if drawn is not None:
        chance = float(np.mean([_error(_sums(prompts * 0, places, one - said, count), count)[0] for one in drawn]))
    bins = [
        (float(said[places == n].mean()), float(truth[places == n].mean()), int((places == n).sum()), n)
        for n in range(count)
        if (places == n).any()
    ]
    sure = measured.mean(
        "sure",
        "Too sure: |said − ½| less |known − ½|, by bins",
        values=_too_sure(bins, places),
        codes=prompts,
        rng=rng,
        unit=Unit.NUMBER,
    )
    brier = measured.mean("brier", "Brier score", values=(said - truth) ** 2, codes=prompts, rng=rng, unit=Unit.NUMBER)
    worst = max(bins, key=lambda one: (abs(one[0] - one[1]) * one[2], one[3]))
    rows = _rows(known, there, said, truth)
    return Finding(
        figures=(ece, brier, sure, Figure("chance", "Error of a perfect judge in this sample", chance)),
        band=graded(ece, good=params["good"], poor=params["poor"]),
        reading=_reading(ece, worst, count),
        columns=(
            Column("Prompt", Holds.PROMPT),
            Column("Answer", Holds.RESPONSE),
            Column("Criterion"),
            Column("Said", Holds.NUMBER),
            Column("Known", Holds.NUMBER),
        ),
        rows=rows,
        left_out=max(0, len(said) - len(rows)),
        plot=Plot(
            "Reliability",
            "said",
            "true",
            [Series("decisions", [one[0] for one in bins], [one[1] for one in bins])],
            diagonal=True,
        ),
        notes=()
        if there.all()
        else (f"{int((~there).sum()):,} decisions without a probability or a truth are left out.",),
    )


def _sums(prompts: npt.NDArray[np.intp], places: npt.NDArray[np.intp], gap: Floats, count: int) -> Floats:
    """By prompt: the sum of gaps in each bin, and in the last column how many decisions there are."""
    rows = int(prompts.max()) + 1
    gaps = np.bincount(prompts * count + places, gap, rows * count).reshape(rows, count)
    return np.column_stack([gaps, np.bincount(prompts, minlength=rows)])


def _error(sums: Floats, count: int) -> Floats:
    found: Floats = np.abs(sums[:, :count]).sum(axis=1) / sums[:, count]
    return found


def _too_sure(bins: list[tuple[float, float, int, int]], places: npt.NDArray[np.intp]) -> Floats:
    by = {n: abs(said - 0.5) - abs(true - 0.5) for said, true, _, n in bins}
    return np.array([by[n] for n in places.tolist()])


def _rows(known: Known, there: npt.NDArray[np.bool_], said: Floats, truth: Floats) -> tuple[tuple[Cell, ...], ...]:
    """The decisions that are furthest from the truth."""
    apart = np.abs(said - truth)
    listed = np.flatnonzero(there)
    rows: list[tuple[Cell, ...]] = []
    for n in np.lexsort((np.arange(len(apart)), -apart))[:MOST_ROWS].tolist():
        place = int(listed[n])
        criterion = known.criteria[place] if len(known.criteria) else ""
        rows.append((known.prompts[place], known.ids[place], criterion, float(said[n]), float(truth[n])))
    return tuple(rows)


def _reading(ece: Figure, worst: tuple[float, float, int, int], count: int) -> str:
    said, true, size, n = worst
    way = "Too sure" if abs(said - 0.5) > abs(true - 0.5) else "Not sure enough"
    return (
        f"{way} between {n / count:.2g} and {(n + 1) / count:.2g}: there it says {said:.2f} on average and {true:.2f} "
        f"is so ({size:,} decisions). Over all, what is said and what is so are {ece.said()} apart."
    )


AUDIT = Audit(
    kind="calibration",
    version=1,
    title="Calibration",
    needs=(Need.KNOWN,),
    run=run,
    question="Is what the judge calls 80 % sure right in 80 of 100 cases?",
    source="P11; OPRM (2602.12660)",
    policy="A known ½ counts as half true. Decisions without a probability are left out and counted.",
    params=(
        Param("bins", "Bins", "whole", 10, "Bins of equal width.", 2, 50),
        Param("good", "Good up to", "number", 0.05, "Up to this error it is good.", 0, 1),
        Param("poor", "Poor from", "number", 0.15, "From this error on it is poor.", 0, 1),
    ),
)

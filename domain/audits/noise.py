"""How much of the training signal is left after a scorer's mistakes."""

from __future__ import annotations

import numpy as np

from domain.audits import resampling
from domain.audits.entries import Audit
from domain.audits.grouping import Groups
from domain.audits.params import Param, Params
from domain.audits.plots import Plot, Series
from domain.audits.shapes import Cell, Column, Figure, Finding, Floats, Holds, Inputs, Need, Unit, graded, written
from domain.audits.taking import SCORER, TooFew, right, scored

LEVELS = tuple(n / 20 for n in range(11))
DRAWS = 20
NOTHING = 1e-12
_FLIPS = (
    "Single flips are drawn by chance under the seed; prompts whose answers are all right or all wrong hold no signal."
)


def advantages(rewards: Floats, groups: Groups) -> Floats:
    """Rewards less the mean of their group, over its standard deviation; all 0 where they do not differ (GRPO)."""
    centred = groups.centred(rewards)
    spread = np.sqrt(groups.means(centred**2))[groups.codes]
    found: Floats = np.where(spread > NOTHING, centred / np.where(spread > NOTHING, spread, 1.0), 0.0)
    return found


def retention(noisy: Floats, true: Floats, groups: Groups) -> tuple[float, Floats]:
    """E⟨A_noisy, A_true⟩ / E‖A_true‖² of group advantages, from −1 to 1 (The Climb, 2505.22653), and its sums by group.

    Groups whose true rewards do not differ hold no signal and count for nothing. Flipping whole groups with chance p
    leaves exactly 1 − 2p.
    """
    first, second = advantages(noisy, groups), advantages(true, groups)
    sums = np.column_stack([groups.sums(first * second), groups.sums(second**2)])
    total = sums.sum(axis=0)
    return float(total[0] / total[1]) if total[1] > 0 else float("nan"), sums


def run(inputs: Inputs, params: Params, rng: np.random.Generator) -> Finding:
    """What the scorer leaves of the advantages that known correctness gives, its confusion, and what flips leave."""
    taken = scored(inputs, params["scorer"], least_per_prompt=2, correct=True)
    groups, values = taken.answers.groups, taken.scores.values
    truth = right(taken.answers).astype(np.float64)
    passed = (values >= params["threshold"]).astype(np.float64)
    kept, sums = retention(values, truth, groups)
    if np.isnan(kept):
        raise TooFew("No prompt has both right and wrong answers, so there is no signal to keep.")
    low, high = resampling.interval(sums, resampling.ratio, rng)
    headline = Figure(
        "retention", "Signal kept by the scores", kept, low, high, Unit.SHARE, int((sums[:, 1] > 0).sum())
    )
    binary = retention(passed, truth, groups)[0]
    false_pass, false_fail = _rate(passed, truth, 0.0), _rate(1.0 - passed, truth, 1.0)
    p = float(params["flip"])
    single = {level: _single(truth, groups, level, rng) for level in sorted({*LEVELS, p})}
    figures = (
        headline,
        Figure("retention_pass", f"Signal kept by pass and fail at {params['threshold']:g}", binary, unit=Unit.SHARE),
        Figure("false_pass", "Wrong answers that pass", false_pass, unit=Unit.SHARE),
        Figure("false_fail", "Right answers that fail", false_fail, unit=Unit.SHARE),
        Figure("flip_single", f"Kept if {written(p, Unit.SHARE)} of rewards were flipped", single[p], unit=Unit.SHARE),
        Figure(
            "flip_group", f"Kept if {written(p, Unit.SHARE)} of groups were flipped", 1.0 - 2.0 * p, unit=Unit.SHARE
        ),
    )
    share = sums[:, 0] / np.where(sums[:, 1] > 0, sums[:, 1], 1.0)
    there = np.flatnonzero(sums[:, 1] > 0)
    rows: list[tuple[Cell, ...]] = [
        (groups.names[n], float(share[n]), int(groups.sizes[n]))
        for n in there[np.lexsort((there, share[there]))][:200].tolist()
    ]
    levels = list(LEVELS)
    lines = [
        Series("single rewards flipped", levels, [single[level] for level in levels]),
        Series("whole groups flipped", levels, [1.0 - 2.0 * level for level in levels]),
        Series("this scorer", levels, [kept] * len(levels)),
    ]
    return Finding(
        figures=figures,
        band=graded(headline, good=params["good"], poor=params["poor"]),
        rows=tuple(rows),
        reading=f"{headline.said()} of the training signal is left: as if "
        f"{written(max(0.0, (1 - kept) / 2), Unit.SHARE)} of groups were rewarded the wrong way round. "
        f"{written(false_pass, Unit.SHARE)} of wrong answers pass and {written(false_fail, Unit.SHARE)} of right ones "
        f"fail at {params['threshold']:g}.",
        columns=(Column("Prompt", Holds.PROMPT), Column("Signal kept", Holds.SHARE), Column("Answers", Holds.NUMBER)),
        left_out=max(0, len(there) - 200),
        plot=Plot("Signal kept", "flipped", "signal kept", lines),
        notes=(*taken.notes, _FLIPS),
    )


def _single(truth: Floats, groups: Groups, level: float, rng: np.random.Generator) -> float:
    drawn = []
    for _ in range(DRAWS if len(truth) < 20_000 else 3):
        flipped = rng.random(len(truth)) < level
        drawn.append(retention(np.where(flipped, 1.0 - truth, truth), truth, groups)[0])
    return float(np.mean(drawn))


def _rate(values: Floats, truth: Floats, wanted: float) -> float | None:
    mask = truth == wanted
    return float(values[mask].mean()) if mask.any() else None


AUDIT = Audit(
    kind="noise",
    version=1,
    title="Noise tolerance",
    needs=(Need.SCORES, Need.CORRECT),
    run=run,
    question="How much of the training signal survives the scorer's mistakes?",
    source="P13; The Climb (2505.22653)",
    policy="Answers tied in a group share its mean; a group all tied keeps nothing.",
    params=(
        SCORER,
        Param("threshold", "Pass from", "number", 0.5, "From this score on an answer passes."),
        Param("flip", "Flipped", "number", 0.2, "The share of rewards to flip in the comparison.", 0, 0.5),
        Param("good", "Good from", "number", 0.7, "From this share of the signal on it is good.", -1, 1),
        Param("poor", "Poor up to", "number", 0.3, "Up to this share it is poor.", -1, 1),
    ),
)

"""Long-RewardBench (2510.06915): the share of places of a ranking that are named right."""

from __future__ import annotations

import numpy as np

from domain.audits.grouping import Groups
from domain.audits.shapes import Figure, Inputs
from domain.benchmarks import pairs as paired
from domain.benchmarks.shapes import Marked, Outcome
from domain.benchmarks.totals import domains_of, mean_figure, micro, outcome


def run(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
    """Each prompt is worth the share of places at which the right answer stands, so a pair is worth 0 or 1.

    Places come from the comparisons that each answer won; answers that won as many share no place: both are lost
    (ours). What was not read is a comparison that nobody won.
    """
    pairs, said = paired.known_pairs(inputs), paired.said_of(inputs, name)
    won = paired.credits_of(said, paired.Orders.MEAN, tie=paired.HALF)
    lost = np.where(paired.unread(said), 0.0, 1.0 - won)
    groups = Groups.of(pairs.prompts)
    domains = domains_of(pairs.tags, "subset", len(pairs))
    lengths, sizes = (domains_of(pairs.tags, axis, len(pairs)) for axis in ("length", "ranks"))
    unread, tied = paired.unread(said), paired.tied(said)
    rows = [
        groups.order[start : start + size].tolist() for start, size in zip(groups.starts, groups.sizes, strict=True)
    ]
    scored = [_placed([(pairs.better[n], pairs.worse[n], won[n], lost[n]) for n in held]) for held in rows]
    marked = Marked(
        ids=list(groups.names), prompts=list(groups.names), domains=[domains[held[0]] for held in rows],
        credit=np.array([right / count for right, count in scored]),
        chance=np.array([paired.HALF if count == 2 else 1 / count for _, count in scored]),
        tied=np.array([bool(tied[held].any()) for held in rows]),
        unscored=np.array([bool(unread[held].any()) for held in rows]),
    )  # fmt: skip
    figures: list[Figure] = []
    for axis, values in (("ranks", sizes), ("length", lengths)):
        by = [values[held[0]] for held in rows]
        for value in sorted(set(by) - {"all"}):
            here = [n for n, one in enumerate(by) if one == value]
            title = f"Rankings of {value}" if axis == "ranks" else f"Contexts of {value}"
            figures.append(
                mean_figure(f"{axis}_{value}", title, marked.credit[here], [marked.prompts[n] for n in here], rng)
            )
    return outcome(marked, micro, rng, figures=figures, title="Places named right")


def _placed(rows: list[tuple[str, str, float, float]]) -> tuple[int, int]:
    """How many answers of a ranking stand at their place, of how many."""
    gold: dict[str, int] = {}
    points: dict[str, float] = {}
    for better, worse, won, lost in rows:
        for one in (better, worse):
            gold.setdefault(one, 0)
            points.setdefault(one, 0.0)
        gold[better] += 1
        points[better] += won
        points[worse] += lost
    values = list(points.values())
    right = 0
    for one, mine in points.items():
        above = sum(other > mine + 1e-9 for other in values)
        alone = sum(abs(other - mine) < 1e-9 for other in values) == 1
        right += alone and above == sum(other > gold[one] for other in gold.values())
    return right, len(points)

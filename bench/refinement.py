"""How long the quality gate takes, which planted faults it finds, and what a loop costs beside its models."""

import statistics
from collections.abc import Iterator

from bench import _studio
from bench.figures import Figure

PAIRS, CRITERIA, TURNS = 1_000, 30, 5
GATE_GOAL, FOUND_GOAL = 2.0, 0.9
SEEDS = 20
DRAFTED, DELAY, DRAFTS, OVERHEAD_GOAL = 200, 1.0, 5, 0.05


def run() -> Iterator[Figure]:
    """Verdicts in an embedded PostgreSQL, then rubrics with planted criteria in memory."""
    with _studio.fresh() as studio:
        told = studio.told("bench._refinement_load", *map(str, (PAIRS, CRITERIA, TURNS)))
        busy = _studio.load()
    with _studio.fresh() as studio:
        loops = studio.told("bench._refining_load", *map(str, (DRAFTED, DELAY, DRAFTS)))["turns"]
    yield _overhead(loops, busy)
    seconds = told["seconds"]
    note = (
        f"{PAIRS} pairs, {CRITERIA} criteria, read, compared in words, measured and stored by a worker; the slowest of"
        f" {TURNS}, median {statistics.median(seconds):.2f} s; {busy}"
    )
    yield Figure("refinement.gate_s", round(max(seconds), 2), "s", PAIRS, GATE_GOAL, note=note)
    yield from _planted()


def _overhead(loops: list[dict[str, float]], busy: str) -> Figure:
    """What of a loop's time no model was at work, beside the time that one was."""
    shares = [(one["wall"] - one["busy"]) / one["busy"] for one in loops]
    calls = loops[0]["calls"]
    note = (
        f"from pairs, {calls:.0f} requests of {DELAY:g} s each, as many at once as in judging; from the wish to its"
        f" end, the median of {len(shares)}, slowest {max(shares):.3f}; {busy}"
    )
    return Figure(
        "refinement.overhead_ratio", round(statistics.median(shares), 3), "share", len(loops), OVERHEAD_GOAL, note=note
    )


def _planted() -> Iterator[Figure]:
    """Six bad criteria among twenty good ones: inverted, twin, constant twice, by length, compound."""
    from tests.domain.refinement.planted import planted

    right = flagged = bad = 0
    for seed in range(SEEDS):
        given = planted(pairs=PAIRS, seed=seed)
        names = {one.criterion for one in given.found}
        right += len(names & set(given.faults))
        flagged += len(names)
        bad += len(given.faults)
    note = f"{SEEDS} rubrics of 20 good and 6 bad criteria on {PAIRS} pairs; the compound one by its words"
    for name, of in (("recall", bad), ("precision", flagged)):
        value = round(right / of, 3)
        yield Figure(f"refinement.planted_{name}", value, "share", of, FOUND_GOAL, at_least=True, note=note)

"""How long the quality gate takes from stored verdicts, and which planted faults it finds."""

import statistics
from collections.abc import Iterator

from bench import _studio
from bench.figures import Figure

PAIRS, CRITERIA, TURNS = 1_000, 30, 5
GATE_GOAL, FOUND_GOAL = 2.0, 0.9
SEEDS = 20


def run() -> Iterator[Figure]:
    """Verdicts in an embedded PostgreSQL, then rubrics with planted criteria in memory."""
    with _studio.fresh() as studio:
        told = studio.told("bench._refinement_load", *map(str, (PAIRS, CRITERIA, TURNS)))
        busy = _studio.load()
    seconds = told["seconds"]
    note = (
        f"{PAIRS} pairs, {CRITERIA} criteria, read, compared in words, measured and stored by a worker; the slowest of"
        f" {TURNS}, median {statistics.median(seconds):.2f} s; {busy}"
    )
    yield Figure("refinement.gate_s", round(max(seconds), 2), "s", PAIRS, GATE_GOAL, note=note)
    yield from _planted()


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

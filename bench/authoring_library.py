"""The library with 10,000 rubrics and 100,000 criteria: its page, its search and its filters, in process."""

from bench import _studio
from bench.figures import Figure

RUBRICS = 10_000
CALLS = 9
GOAL_MS = 150.0


def run() -> list[Figure]:
    """Ask for the page in every way; the slowest way counts."""
    with _studio.fresh() as studio:
        told = studio.told("bench._library_load", str(RUBRICS), str(CALLS))
        busy = _studio.load()
    worst = max(told, key=lambda name: told[name]["ms"])
    listed = ", ".join(f"{name} {said['ms']:.0f} ({said['found']})" for name, said in told.items())
    note = f"medians in ms with the number found: {listed}; worst: {worst}; {busy}"
    return [
        Figure("authoring.library_10k_ms", round(told[worst]["ms"], 1), "ms", CALLS, GOAL_MS, note=note),
        Figure("authoring.library_queries", max(said["queries"] for said in told.values()), "queries", len(told)),
    ]

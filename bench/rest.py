"""How long REST takes to say that a rubric has not changed: in process, on an embedded PostgreSQL."""

from bench import _studio
from bench.figures import Figure

CALLS = 500
GOAL_MS = 5.0
GOAL_QUERIES = 2


def run() -> list[Figure]:
    """Ask for a rubric of 48 criteria with the ETag that is current."""
    with _studio.fresh() as studio:
        told = studio.told("bench._rest_load", str(CALLS))
    note = f"median of {CALLS} calls; 95th percentile {told['p95_ms']:.2f} ms; {told['cpu_ms']:.2f} ms of CPU a call"
    return [
        Figure("rest.etag_ms", round(told["median_ms"], 3), "ms", CALLS, GOAL_MS, note=note),
        Figure("rest.etag_queries", told["queries"], "queries", CALLS, GOAL_QUERIES),
    ]

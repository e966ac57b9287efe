"""What is known of releases, rewards and training runs."""

from apps.training.queries.answers import answer, get_request, is_done, items_of, places, results, usage
from apps.training.queries.releases import (
    deprecation_of,
    document_of,
    get_release,
    lines,
    manifest,
    pulls,
    releases,
    versions_by_prompt,
    versions_of,
)
from apps.training.queries.runs import (
    current_pin,
    get_training_run,
    open_alarms,
    report,
    requests_of,
    telemetry,
    training_runs,
)
from apps.training.queries.siblings import mean_of_siblings
from apps.training.queries.trajectories import paid, trajectories, way_of

__all__ = [
    "answer",
    "current_pin",
    "deprecation_of",
    "document_of",
    "get_release",
    "get_request",
    "get_training_run",
    "is_done",
    "items_of",
    "lines",
    "manifest",
    "mean_of_siblings",
    "open_alarms",
    "paid",
    "places",
    "pulls",
    "releases",
    "report",
    "requests_of",
    "results",
    "telemetry",
    "training_runs",
    "trajectories",
    "usage",
    "versions_by_prompt",
    "versions_of",
    "way_of",
]

"""What is known of releases, rewards and training runs."""

from apps.training.queries.answers import (
    REQUESTED,
    answer,
    get_request,
    is_done,
    items_of,
    open_jobs,
    places,
    results,
    usage,
)
from apps.training.queries.dressing import dressing, split_of, undressed
from apps.training.queries.rehearsing import rehearsal
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
    "REQUESTED",
    "answer",
    "current_pin",
    "deprecation_of",
    "document_of",
    "dressing",
    "get_release",
    "get_request",
    "get_training_run",
    "is_done",
    "items_of",
    "lines",
    "manifest",
    "mean_of_siblings",
    "open_alarms",
    "open_jobs",
    "paid",
    "places",
    "pulls",
    "rehearsal",
    "releases",
    "report",
    "requests_of",
    "results",
    "split_of",
    "telemetry",
    "training_runs",
    "trajectories",
    "undressed",
    "usage",
    "versions_by_prompt",
    "versions_of",
    "way_of",
]

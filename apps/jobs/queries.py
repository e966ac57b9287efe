"""What is known about jobs."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from prometheus_client.core import GaugeMetricFamily

from apps.jobs import registry
from apps.jobs.models import Job, Shard, ShardState
from domain import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.permissions import Actor


MOST_REASONS = 10


@dataclass(frozen=True)
class Progress:
    """How far a job is, in shards."""

    total: int
    done: int
    failed: int
    waiting: int
    running: int
    cancelled: int

    @property
    def percent(self) -> int:
        """Share of shards that have ended, 0–100."""
        ended = self.done + self.failed + self.cancelled
        return 100 if not self.total else round(100 * ended / self.total)


@dataclass(frozen=True)
class JobRow:
    """A job in a list."""

    job: Job
    progress: Progress
    reasons: list[tuple[str, int]]


def get_job(actor: "Actor", job_id: Any) -> Job:
    """A job of the actor's workspace."""
    try:
        return Job.objects.select_related("created_by").get(pk=job_id, workspace=actor.workspace)
    except (Job.DoesNotExist, ValidationError, ValueError) as missing:
        raise errors.NotFound("There is no such job.", code="job_unknown") from missing


def progress(job: Job) -> Progress:
    """Count the shards of a job by state, in one query."""
    return _progress(dict(Shard.objects.filter(job=job).values_list("state").annotate(n=Count("pk"))))


def reasons(job: Job) -> list[tuple[str, int]]:
    """Why shards failed or wait, with counts, most frequent first."""
    rows = Shard.objects.filter(job=job).exclude(error="").values_list("error").annotate(n=Count("pk")).order_by("-n")
    return [(error, count) for error, count in rows[:MOST_REASONS]]


def overview(jobs: "Iterable[Job]") -> list[JobRow]:
    """Jobs with their progress and reasons, in two queries for all of them."""
    chosen = list(jobs)
    shards = Shard.objects.filter(job__in=chosen)
    counts: dict[Any, dict[str, int]] = defaultdict(dict)
    for job_id, state, count in shards.values_list("job_id", "state").annotate(n=Count("pk")):
        counts[job_id][state] = count
    said: dict[Any, list[tuple[str, int]]] = defaultdict(list)
    told = shards.exclude(error="").values_list("job_id", "error").annotate(n=Count("pk")).order_by("-n")
    for job_id, error, count in told[:400]:
        said[job_id].append((error, count))
    return [JobRow(job, _progress(counts[job.pk]), said[job.pk][:MOST_REASONS]) for job in chosen]


def _progress(counts: dict[str, int]) -> Progress:
    return Progress(
        total=sum(counts.values()),
        done=counts.get(ShardState.DONE, 0),
        failed=counts.get(ShardState.FAILED, 0),
        waiting=counts.get(ShardState.WAITING, 0),
        running=counts.get(ShardState.LEASED, 0),
        cancelled=counts.get(ShardState.CANCELLED, 0),
    )


def recent(actor: "Actor") -> QuerySet[Job]:
    """The workspace's jobs, newest first."""
    rows = Job.objects.filter(workspace=actor.workspace).exclude(kind__in=registry.unlisted())
    return rows.select_related("created_by").order_by("-created_at")


def metrics() -> "Iterable[GaugeMetricFamily]":
    """Shards by kind and state, for Prometheus."""
    family = GaugeMetricFamily("studio_shards", "Shards of background jobs", labels=["kind", "state"])
    open_states = [ShardState.WAITING, ShardState.LEASED, ShardState.FAILED]
    rows = Shard.objects.filter(state__in=open_states).values_list("job__kind", "state").annotate(n=Count("pk"))
    for kind, state, count in rows:
        family.add_metric([kind, state], count)
    yield family

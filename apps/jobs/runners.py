"""What a worker does: claim a shard, run it, write how it ended."""

import logging
import time
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.jobs import leases, registry, signals, turns
from apps.jobs.models import LIVE_JOBS, Job, JobState, Shard, ShardState
from domain import errors

log = logging.getLogger(__name__)
DONE_CHANNEL = "studio_job_done"


def work(seconds: float) -> bool:
    """Run shards until none waits or the time is over; True when more may be waiting."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        lease = leases.claim()
        if lease is None:
            return False
        run(lease)
    return True


def run(lease: leases.Lease) -> None:
    """Run one leased shard to one of its ends: done, put back, failed."""
    shard = Shard.objects.select_related("job", "job__workspace").get(pk=lease.shard_id)
    kind = registry.kind_of(shard.job.kind)
    try:
        with lease.kept_alive():
            result = kind.runner(shard, lease)
        lease.finish(result)
    except leases.LeaseLost:
        log.info("lease on %s was lost; its new holder goes on", shard)
        return
    except leases.NotYet as later:
        lease.put_back(later.message, waits=shard.waits, at=later.at)
    except errors.Unavailable as away:
        lease.put_back(away.message, waits=shard.waits, not_after=shard.job.deadline)
        Job.objects.filter(pk=shard.job_id, state__in=LIVE_JOBS).update(note=f"Waiting: {away.message}")
    except errors.StudioError as problem:
        lease.fail(problem.message)
    except Exception as bug:
        log.exception("a bug in %s", shard)
        _blame(lease, shard, kind, f"{type(bug).__name__}: {bug}")
    settle(lease.job_id)


def _blame(lease: leases.Lease, shard: Shard, kind: registry.Kind, reason: str) -> None:
    if shard.attempts >= kind.max_attempts:
        lease.fail(f"Gave up after {shard.attempts} attempts. {reason}")
    else:
        lease.put_back(reason, waits=shard.waits, counts=True)


def settle(job_id: Any) -> bool:
    """End a job none of whose shards is open any more, with its `on_finished`; exactly one caller gets True."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state__in=LIVE_JOBS).first()
        if job is None:
            return False
        states = Shard.objects.filter(job=job).aggregate(
            open=Count("pk", filter=Q(state__in=[ShardState.WAITING, ShardState.LEASED])),
            failed=Count("pk", filter=Q(state=ShardState.FAILED)),
            all=Count("pk"),
        )
        if states["open"]:
            return False
        if not states["failed"] and _go_on(job, states["all"]):
            return False
        job.state = JobState.FAILED if states["failed"] else JobState.DONE
        job.note = f"{states['failed']} of {states['all']} parts failed." if states["failed"] else ""
        job.counts = _sum(Shard.objects.filter(job=job).values_list("result", flat=True))
        job.finished_at = timezone.now()
        job.save(update_fields=["state", "note", "counts", "finished_at"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [DONE_CHANNEL, str(job.pk)])
        tell_end(job)
    return True


def tell_end(job: Job) -> None:
    """Inside the transaction that ends a job: what its kind does then, and word to the apps above."""
    finished = registry.kind_of(job.kind).on_finished
    if finished is not None:
        finished(job)
    if not job.quiet:
        signals.job_ended.send(sender=Job, job=job)


def _go_on(job: Job, first: int) -> bool:
    """Add the shards that come after those that are done; whoever is woken by the sweeper or by this one takes them."""
    more = registry.kind_of(job.kind).more
    payloads = list(more(job)) if more is not None else []
    turn = turns.next_of(job.workspace_id, job.priority) if payloads else 0
    rows = [
        Shard(job=job, index=first + number, payload=payload, priority=job.priority, turn=turn + number)
        for number, payload in enumerate(payloads)
    ]
    Shard.objects.bulk_create(rows, batch_size=2000)
    return bool(rows)


def _sum(results: Any) -> dict[str, float]:
    total: dict[str, float] = {}
    for result in results:
        for name, value in result.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                total[name] = total.get(name, 0) + value
    return total

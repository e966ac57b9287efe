"""What can be done with jobs: create, pause, resume, cancel, retry; and what the sweeper mends."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.core.roles import Role
from apps.jobs import leases, registry, runners, tasks, turns
from apps.jobs.models import LIVE_JOBS, OPEN_JOBS, Job, JobState, Shard, ShardState
from domain import errors

if TYPE_CHECKING:
    from apps.accounts.models import Workspace
    from apps.accounts.permissions import Actor

log = logging.getLogger(__name__)


class WrongState(errors.Conflict):
    """The job is not in a state that permits this."""

    default_code = "job_state"


def create_job(
    *, by: "Actor | None", workspace: "Workspace", kind: str, shards: Iterable[dict[str, Any]], title: str,
    params: dict[str, Any] | None = None, priority: int = 0, deadline: datetime | None = None,
    newest_first: bool = False, quiet: bool = False,
) -> Job:  # fmt: skip
    """Write a job with its shards and ring the doorbell on commit; without shards it is done at once."""
    registry.kind_of(kind)
    with transaction.atomic():
        job = Job.objects.create(
            workspace=workspace, kind=kind, title=title[:200], params=params or {}, priority=priority,
            deadline=deadline, created_by=by.user if by else None, quiet=quiet,
        )  # fmt: skip
        first = turns.newest() if newest_first else turns.next_of(workspace.pk, priority)
        rows = Shard.objects.bulk_create(
            [
                Shard(job=job, index=index, payload=payload, priority=priority, turn=first + index)
                for index, payload in enumerate(shards)
            ],
            batch_size=2000,
        )
        if rows:
            tasks.ring_on_commit(len(rows))
        else:
            transaction.on_commit(lambda: runners.settle(job.pk))
    return job


def pause(*, by: "Actor", job: Job) -> Job:
    """Let running shards end and start no more."""
    return _move(by, job, LIVE_JOBS, JobState.PAUSED, "pause")


def resume(*, by: "Actor", job: Job) -> Job:
    """Go on after a pause."""
    moved = _move(by, job, (JobState.PAUSED,), JobState.QUEUED, "resume")
    Shard.objects.filter(job=job, state=ShardState.WAITING).update(not_before=None)
    tasks.ring_on_commit(tasks.MOST_BELLS)
    return moved


def cancel(*, by: "Actor", job: Job) -> Job:
    """Start nothing more; what is running may still store its results."""
    with transaction.atomic():
        moved = _move(by, job, OPEN_JOBS, JobState.CANCELLED, "cancel")
        Shard.objects.filter(job=job, state=ShardState.WAITING).update(state=ShardState.CANCELLED)
        moved.finished_at = timezone.now()
        moved.save(update_fields=["finished_at"])
        runners.tell_end(moved)
    return moved


def retry(*, by: "Actor", job: Job) -> Job:
    """Run again what failed or was cancelled."""
    with transaction.atomic():
        moved = _move(by, job, (JobState.FAILED, JobState.CANCELLED, JobState.DONE), JobState.QUEUED, "retry")
        again = Shard.objects.filter(job=job, state__in=[ShardState.FAILED, ShardState.CANCELLED])
        count = again.update(state=ShardState.WAITING, attempts=0, waits=0, not_before=None, error="")
        if not count:
            raise WrongState("Nothing of this job failed or was cancelled, so there is nothing to retry.")
        tasks.ring_on_commit(count)
    return moved


def rerun(*, by: "Actor", job: Job, indexes: Iterable[int]) -> Job:
    """Run given shards of an ended job again."""
    with transaction.atomic():
        moved = _move(by, job, (JobState.FAILED, JobState.CANCELLED, JobState.DONE), JobState.QUEUED, "retry")
        chosen = Shard.objects.filter(job=job, index__in=list(indexes)).exclude(state=ShardState.LEASED)
        count = chosen.update(state=ShardState.WAITING, attempts=0, waits=0, not_before=None, error="")
        if not count:
            raise WrongState("Nothing of this job needs to run again.")
        tasks.ring_on_commit(count)
    return moved


def _move(by: "Actor", job: Job, allowed: Iterable[str], state: JobState, verb: str) -> Job:
    by.require(Role.AUTHOR, f"{verb} jobs")
    if job.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such job.")
    changes: dict[str, Any] = {"state": state, "note": ""}
    if state == JobState.QUEUED:
        changes |= {"finished_at": None}
    if not Job.objects.filter(pk=job.pk, state__in=list(allowed)).update(**changes):
        job.refresh_from_db(fields=["state"])
        raise WrongState(f"This job is {job.get_state_display()}; it cannot be changed by {verb}.")
    job.refresh_from_db()
    return job


def sweep() -> dict[str, int]:
    """One round of the sweeper: free dead leases, end finished jobs, ring for what waits, call the other sweeps."""
    mended = {"leases": _free_dead_leases(), "ended": _end_finished(), "waiting": leases.claimable()}
    if mended["waiting"]:
        tasks.ring(mended["waiting"])
    for name, function in registry.sweeps().items():
        mended[name] = function()
    return mended


def _free_dead_leases() -> int:
    dead = Shard.objects.filter(state=ShardState.LEASED, lease_until__lt=timezone.now()).select_related("job")
    freed = 0
    for shard in dead[:5000]:
        most = registry.kind_of(shard.job.kind).max_attempts
        gone = shard.attempts >= most
        freed += Shard.objects.filter(pk=shard.pk, fence=shard.fence, state=ShardState.LEASED).update(
            state=ShardState.FAILED if gone else ShardState.WAITING,
            fence=F("fence") + 1,
            lease_until=None,
            not_before=None,
            error=f"The worker stopped while it held this part ({shard.attempts} times).",
        )
    if freed:
        log.warning("%d leases of dead workers were freed", freed)
    return freed


def _end_finished() -> int:
    open_shards = Shard.objects.filter(state__in=[ShardState.WAITING, ShardState.LEASED]).values("job_id")
    stuck = Job.objects.filter(state__in=LIVE_JOBS).exclude(pk__in=open_shards).values_list("pk", flat=True)
    return sum(runners.settle(pk) for pk in list(stuck[:500]))

"""Steering runs: pause, resume, cancel, retry."""

import bisect
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.judging import permissions
from apps.judging.models import Run, RunItem
from domain import errors


def pause_run(*, by: Actor, run: Run) -> Run:
    """Let what is being judged end, and start no more."""
    return _steer(by, run, "pause", lambda job: jobs.pause(by=by, job=job))


def resume_run(*, by: Actor, run: Run) -> Run:
    """Go on after a pause."""
    return _steer(by, run, "resume", lambda job: jobs.resume(by=by, job=job))


def cancel_run(*, by: Actor, run: Run) -> Run:
    """Judge no more; what was judged stays."""
    return _steer(by, run, "cancel", lambda job: jobs.cancel(by=by, job=job))


def retry_run(*, by: Actor, run: Run) -> Run:
    """Judge again what failed, was cancelled or stayed unscored; stored verdicts are kept."""

    def again(job: Job) -> Job:
        failed = [RunItem.State.FAILED, RunItem.State.CANCELLED, RunItem.State.WAITING]
        items = RunItem.objects.filter(run=run).filter(Q(state__in=failed) | Q(unscored__gt=0))
        wanted = sorted(items.values_list("index", flat=True))
        if not wanted:
            raise errors.Conflict(
                "Every answer of this run was scored; there is nothing to retry.", code="run_complete"
            )
        shards = job.shards.filter(payload__has_key="first").values_list("index", "payload")
        indexes = [index for index, part in shards if _any_within(wanted, part["first"], part["last"])]
        Run.objects.filter(pk=run.pk).update(phase=0)
        moved = jobs.rerun(by=by, job=job, indexes=indexes)
        items.update(state=RunItem.State.WAITING, reason="")
        return moved

    return _steer(by, run, "retry", again)


def _steer(by: Actor, run: Run, verb: str, act: Callable[[Job], Job]) -> Run:
    permissions.check_may_steer(by, run)
    if run.job is None:
        raise errors.Conflict("This run has no job.", code="run_without_job")
    with transaction.atomic():
        run.job = act(run.job)
        history.record(by=by, workspace=by.workspace, action=f"run.{verb}", target=run)
    return run


def _any_within(ordered: list[int], first: int, last: int) -> bool:
    place = bisect.bisect_left(ordered, first)
    return place < len(ordered) and ordered[place] <= last

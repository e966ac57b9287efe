"""Leases on shards: claim, keep alive, guard a write, give back; `fence` tells an old holder from a new one."""

import os
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from apps.jobs.models import LIVE_JOBS, Job, JobState, Shard, ShardState
from domain import errors

_CLAIM = """
UPDATE jobs_shard SET state = 'leased', fence = fence + 1, attempts = attempts + 1, error = '',
       lease_until = now() + make_interval(secs => %(seconds)s), leased_by = %(holder)s
 WHERE id = (SELECT s.id FROM jobs_shard s JOIN jobs_job j ON j.id = s.job_id
              WHERE s.state = 'waiting' AND (s.not_before IS NULL OR s.not_before <= now())
                AND j.state IN ('queued', 'running')
              ORDER BY s.priority DESC, s.turn, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED)
RETURNING id, fence, job_id
"""
LONGEST_WAIT = 60.0


class LeaseLost(errors.Conflict):
    """Another worker holds the shard now; what this one found must not be written."""

    default_code = "lease_lost"


class NotYet(errors.Unavailable):
    """The part is to be tried again, at a time that its runner knows."""

    default_code = "not_yet"

    def __init__(self, message: str, *, at: datetime) -> None:
        super().__init__(message)
        self.at = at


@dataclass
class Lease:
    """The right to write a shard's results, until it expires."""

    shard_id: int
    job_id: Any
    fence: int
    _lost: threading.Event = field(default_factory=threading.Event)

    def extend(self) -> None:
        """Push the end of the lease into the future."""
        until = timezone.now() + timedelta(seconds=settings.STUDIO_LEASE_SECONDS)
        if not self._mine().update(lease_until=until):
            self._lost.set()

    def check(self) -> None:
        """Raise LeaseLost when the shard is known to belong to somebody else."""
        if self._lost.is_set():
            raise LeaseLost("Another worker took over this part of the job.")

    def guard(self) -> None:
        """Inside the writing transaction: hold the shard's row and be sure that it is still ours."""
        self.check()
        if not self._mine().select_for_update().values_list("id", flat=True):
            self._lost.set()
            self.check()

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Extend the lease from a thread while the body works."""
        stop = threading.Event()
        heart = threading.Thread(target=self._beat, args=(stop,), name=f"lease-{self.shard_id}", daemon=True)
        heart.start()
        try:
            yield
        finally:
            stop.set()
            heart.join()

    def finish(self, result: dict[str, Any]) -> bool:
        """Mark the shard done; False where it is no longer ours."""
        return bool(
            self._mine().update(
                state=ShardState.DONE, result=result, finished_at=timezone.now(), lease_until=None, error=""
            )
        )

    def fail(self, reason: str) -> None:
        """Mark the shard failed for good."""
        self._mine().update(state=ShardState.FAILED, error=reason[:2000], finished_at=timezone.now(), lease_until=None)

    def put_back(
        self, reason: str, *, waits: int, not_after: datetime | None = None, counts: bool = False,
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Let the shard be tried again, `at` a time or after growing pauses; `counts` keeps the attempt on account."""
        pause = min(LONGEST_WAIT, 0.5 * 2 ** min(waits, 10)) * random.uniform(0.7, 1.0)
        when = at or timezone.now() + timedelta(seconds=pause)
        if not_after is not None:
            when = min(when, max(not_after, timezone.now()))
        self._mine().update(
            state=ShardState.WAITING, lease_until=None, not_before=when, error=reason[:2000],
            waits=F("waits") + 1, attempts=F("attempts") - (0 if counts else 1),
        )  # fmt: skip

    def _mine(self) -> Any:
        return Shard.objects.filter(pk=self.shard_id, fence=self.fence, state=ShardState.LEASED)

    def _beat(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(settings.STUDIO_LEASE_SECONDS / 3) and not self._lost.is_set():
                try:
                    self.extend()
                except OperationalError:
                    connection.close()  # the database is away: the lease may expire, which is safe
        finally:
            connection.close()


def claim() -> Lease | None:
    """Lease the most urgent shard that waits, or nothing."""
    holder = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident() % 100_000}"
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"seconds": settings.STUDIO_LEASE_SECONDS, "holder": holder})
        row = cursor.fetchone()
    if row is None:
        return None
    Job.objects.filter(pk=row[2], state=JobState.QUEUED).update(state=JobState.RUNNING, started_at=timezone.now())
    return Lease(shard_id=row[0], fence=row[1], job_id=row[2])


def claimable() -> int:
    """How many shards could be claimed now."""
    waiting = Shard.objects.filter(state=ShardState.WAITING, job__state__in=LIVE_JOBS)
    return waiting.exclude(not_before__gt=timezone.now()).count()

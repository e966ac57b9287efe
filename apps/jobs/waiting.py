"""Waiting for a job without a thread or a database connection: one listener a process wakes all who wait."""

import asyncio
import contextlib
import logging
import weakref
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings

from apps.jobs.models import OPEN_JOBS, Job
from apps.jobs.runners import DONE_CHANNEL

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0


class _Listener:
    """Listens on PostgreSQL's channel and wakes the waiters of a job."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[asyncio.Event]] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, job_id: str) -> asyncio.Event:
        event = asyncio.Event()
        self._waiters.setdefault(job_id, set()).add(event)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._listen())
        return event

    def remove(self, job_id: str, event: asyncio.Event) -> None:
        waiting = self._waiters.get(job_id, set())
        waiting.discard(event)
        if not waiting:
            self._waiters.pop(job_id, None)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError) as away:
                log.warning("the listener lost the database (%s); waiters look for themselves meanwhile", away)
                await asyncio.sleep(1)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(**_address(), autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {DONE_CHANNEL}")
            async for notice in connection.notifies():
                for event in self._waiters.get(notice.payload, ()):
                    event.set()


_listeners: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Listener] = weakref.WeakKeyDictionary()


def _address() -> dict[str, Any]:
    entry = settings.DATABASES["default"]
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {name: entry[key] for key, name in names.items() if entry.get(key)}


async def wait_for(job_id: Any, seconds: float) -> bool:
    """Wait until the job has ended, at most so long; True when it has ended."""
    loop = asyncio.get_running_loop()
    listener = _listeners.setdefault(loop, _Listener())
    end = loop.time() + seconds
    event = listener.add(str(job_id))
    try:
        while not await _ended(job_id):
            left = end - loop.time()
            if left <= 0:
                return False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), min(left, LOOK_SECONDS))
            event.clear()
        return True
    finally:
        listener.remove(str(job_id), event)


@sync_to_async
def _ended(job_id: Any) -> bool:
    return not Job.objects.filter(pk=job_id, state__in=OPEN_JOBS).exists()

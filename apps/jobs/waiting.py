"""Waiting for a job without a thread or a database connection: one listener a process wakes all who wait."""

import asyncio
import contextlib
import logging
import time
import weakref
from collections import OrderedDict
from typing import Any

import psycopg
from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connection

from apps.core import lines
from apps.jobs.models import OPEN_JOBS
from apps.jobs.runners import DONE_CHANNEL

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0
REMEMBERED = 10_000
_ENDED = "SELECT id::text FROM jobs_job WHERE id = ANY(%s::uuid[]) AND NOT state = ANY(%s)"


class _Listener:
    """Listens on PostgreSQL's channel with the one connection that serves all who wait in this process."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[asyncio.Event]] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None

    def add(self, job_id: str) -> asyncio.Event:
        event = asyncio.Event()
        if job_id in self._ended:
            event.set()
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
        """Hear while anybody waits, and a little longer, so that the next call finds the line open."""
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < 30 * LOOK_SECONDS:
            try:
                quiet_since = await self._hear()
            except (psycopg.Error, OSError) as away:
                log.warning("the listener lost the database (%s); it tries again", away)
                await asyncio.sleep(1)
                quiet_since = time.monotonic()

    async def _hear(self) -> float:
        async with await psycopg.AsyncConnection.connect(**lines.address(), autocommit=True) as line:
            await line.execute(f"LISTEN {DONE_CHANNEL}")
            self._ended.clear()
            busy = time.monotonic()
            while time.monotonic() - busy < 30 * LOOK_SECONDS:
                if self._waiters:
                    busy = time.monotonic()
                    await self._look(line)
                async for notice in line.notifies(timeout=LOOK_SECONDS):
                    self._wake(notice.payload)
            return busy

    async def _look(self, line: psycopg.AsyncConnection[Any]) -> None:
        rows = await line.execute(_ENDED, [list(self._waiters), [str(state) for state in OPEN_JOBS]])
        for (job_id,) in await rows.fetchall():
            self._wake(job_id)

    def _wake(self, job_id: str) -> None:
        self._ended[job_id] = None
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        for event in self._waiters.get(job_id, ()):
            event.set()


_listeners: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Listener] = weakref.WeakKeyDictionary()


async def wait_for(job_id: Any, seconds: float) -> bool:
    """Wait until the job has ended, at most so long; True when it has ended."""
    await _let_go()
    listener = _listeners.setdefault(asyncio.get_running_loop(), _Listener())
    event = listener.add(str(job_id))
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
        return event.is_set()
    finally:
        listener.remove(str(job_id), event)


async def _let_go() -> None:
    """Give back the connection and the thread that this request has worked with; the next turn takes new ones."""
    await sync_to_async(_close)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    thread = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if thread is not None:
        thread.shutdown(wait=False)


def _close() -> None:
    if not connection.in_atomic_block:
        connection.close()

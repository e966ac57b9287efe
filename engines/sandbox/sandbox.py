"""The sandbox of a process: one pool a family, opened when first asked."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Mapping
from typing import Any

from domain import errors
from domain.ports import SandboxReply
from engines.sandbox.pool import Pool
from engines.sandbox.tasks import TASKS, Family

SIZE = 2
PATIENCE = 10.0


class Sandbox:
    """Runs named tasks in children; keeps the shape of `domain.ports.Sandbox`."""

    def __init__(self, *, size: int = SIZE, patience: float = PATIENCE, cache: str = "") -> None:
        self._size, self._patience, self._cache = size, patience, cache
        self._lock = threading.Lock()
        self._pools: dict[Family, Pool] = {}

    def run(
        self, task: str, request: Mapping[str, Any], /, *, seconds: float, patience: float | None = None
    ) -> SandboxReply:
        """Do a task within `seconds`; raises Unavailable where no child is free or none can be started."""
        known = TASKS.get(task)
        if known is None:
            raise errors.Invalid(f"The sandbox has no task {task}.", code="sandbox_task")
        return self.pool(known.family).run(task, request, seconds=seconds, patience=patience)

    def pool(self, family: Family) -> Pool:
        """Return the pool of a family."""
        with self._lock:
            return self._pools.setdefault(family, Pool(family, self._size, self._patience, self._cache))

    def held(self, family: Family = Family.PYTHON) -> dict[str, str]:
        """Return each means of isolation with why it does not hold, '' where it does; empty before the first start."""
        return dict(self.pool(family).held or {})

    def close(self) -> None:
        """End every child."""
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.close()


class Hurried:
    """A sandbox seen by somebody who waits only so long for a free child."""

    def __init__(self, sandbox: Sandbox, patience: float) -> None:
        self._sandbox, self._patience = sandbox, patience

    def run(self, task: str, request: Mapping[str, Any], /, *, seconds: float) -> SandboxReply:
        """Do a task as the sandbox does, with this patience."""
        return self._sandbox.run(task, request, seconds=seconds, patience=self._patience)


_standard: Sandbox | None = None
_lock = threading.Lock()


def standard(size: int = SIZE, cache: str = "") -> Sandbox:
    """Return the sandbox of this process, with `size` children a family; it closes with the process.

    In the folder `cache` what takes long to make is kept between starts.
    """
    global _standard  # noqa: PLW0603 - one a process, as the children are
    with _lock:
        if _standard is None:
            _standard = Sandbox(size=size, cache=cache)
            atexit.register(_standard.close)
        return _standard


def _forget() -> None:
    """After a fork: the children belong to the parent, and the locks may be held by threads that are not here."""
    global _standard, _lock
    _standard, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)

"""A few children of one family, started before they are needed, killed and replaced when they go wrong.

Children are started by one thread that lives as long as the pool: the kernel ends a child with the *thread* that
started it, so a thread that only serves one request must not be a parent.
"""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from domain import errors
from domain.ports import SandboxFault, SandboxReply
from engines.sandbox import wire
from engines.sandbox.isolation import CPU_SECONDS, ROOT
from engines.sandbox.tasks import Family

START_SECONDS = 120.0
RETIRE_AFTER_SECONDS = CPU_SECONDS / 2
RETIRE_AFTER_REQUESTS = 5_000
_PROGRAM = """
import sys
sys.path.append(sys.argv[1])
from engines.sandbox.child import main
main(sys.argv[2], int(sys.argv[3]), sys.argv[4])
"""


class CannotStart(Exception):
    """A child did not come up."""


class Child:
    """One process with the socket to it."""

    def __init__(self, family: Family, cache: str = "") -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM, str(ROOT), family.value, str(os.getpid()), cache],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
        self.connection = ours
        self.requests = 0
        self.seconds = 0.0
        self.held = self._greeted()

    def _greeted(self) -> dict[str, str]:
        """Wait until it is ready; return what isolation holds in it."""
        try:
            hello = wire.receive(self.connection, wire.MAX_REPLY, time.monotonic() + START_SECONDS)
        except (wire.Closed, wire.Late, wire.TooLarge, wire.Broken) as error:
            self.kill()
            raise CannotStart("its process ended or said nothing") from error
        if "held" not in hello:
            self.kill()
            raise CannotStart(str(hello.get("failed", "its process said something else")))
        return {str(name): str(why) for name, why in dict(hello["held"]).items()}

    def ask(self, frame: bytes, seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer, `seconds` at most."""
        begun = time.monotonic()
        try:
            wire.send(self.connection, frame, begun + seconds)
            return wire.receive(self.connection, wire.MAX_REPLY, begun + seconds)
        finally:
            self.requests += 1
            self.seconds += time.monotonic() - begun

    def is_spent(self) -> bool:
        """Say whether it has done its part: what leaks in it, and the processor time it may use, are bounded."""
        return self.seconds > RETIRE_AFTER_SECONDS or self.requests >= RETIRE_AFTER_REQUESTS

    def kill(self) -> None:
        """End it and all it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.connection.close()
        self.process.wait()


class Pool:
    """Children of one family; safe to use from many threads."""

    def __init__(self, family: Family, size: int, patience: float, cache: str = "") -> None:
        self.family, self.size, self.patience, self.cache = family, size, patience, cache
        self.held: dict[str, str] | None = None
        self._changed = threading.Condition()
        self._idle: collections.deque[Child] = collections.deque()
        self._alive: set[Child] = set()
        self._failed = ""
        self._closed = False
        self._keeper: threading.Thread | None = None

    def run(
        self, task: str, request: Mapping[str, Any], *, seconds: float, patience: float | None = None
    ) -> SandboxReply:
        """Do a task in a child; what went wrong there is told in the reply.

        Unavailable is raised where no child was free within the patience, or none can be started here.
        """
        try:
            frame = wire.encode({"task": task, "request": dict(request)}, wire.MAX_REQUEST)
        except wire.TooLarge as error:
            return SandboxReply.failed(SandboxFault.SIZE, str(error))
        child = self._taken(self.patience if patience is None else patience)
        keep = False
        try:
            message = child.ask(frame, seconds)
            keep = "answer" in message and not child.is_spent()
            return _read(message)
        except wire.Late:
            return SandboxReply.failed(SandboxFault.TIME, f"Stopped after {seconds:g} s.")
        except wire.Closed:
            return SandboxReply.failed(SandboxFault.CRASH, "The process of the sandbox ended: memory or time ran out.")
        except (wire.TooLarge, wire.Broken):
            return SandboxReply.failed(SandboxFault.SIZE, "The answer of the sandbox was too long or broken.")
        finally:
            self._put_back(child, keep=keep)

    def start(self) -> None:
        """Start the children in the background, where that has not been done."""
        with self._changed:
            self._begin()

    def close(self) -> None:
        """End every child; a request that is under way sees its child end."""
        with self._changed:
            self._closed = True
            children = list(self._alive)
            self._alive.clear()
            self._idle.clear()
            self._changed.notify_all()
        for child in children:
            child.kill()
        if self._keeper is not None and self._keeper is not threading.current_thread():
            self._keeper.join(timeout=START_SECONDS)

    def processes(self) -> list[int]:
        """Return the process ids of the children that live."""
        with self._changed:
            return sorted(child.process.pid for child in self._alive)

    def _begin(self) -> None:
        if self._keeper is None and not self._closed:
            self._keeper = threading.Thread(target=self._keep, name=f"sandbox-{self.family}", daemon=True)
            self._keeper.start()

    def _taken(self, patience: float) -> Child:
        deadline = time.monotonic() + patience
        with self._changed:
            self._begin()
            while not self._idle:
                if self._closed:
                    raise errors.Unavailable("The sandbox is closed.", code="sandbox_unavailable")
                if self._failed:
                    raise errors.Unavailable(self._failed, code="sandbox_unavailable")
                # The first children take a while to start; who waits for a free one waits for them too.
                left = deadline + (0.0 if self._alive else _start_patience(patience)) - time.monotonic()
                if left <= 0:
                    busy = f"All {self.size} processes of the sandbox are busy; try again."
                    said = busy if self._alive else "The sandbox is still starting; try again."
                    raise errors.Unavailable(said, code="sandbox_busy")
                self._changed.wait(min(left, 1.0))
            return self._idle.pop()

    def _put_back(self, child: Child, *, keep: bool) -> None:
        with self._changed:
            keep = keep and not self._closed
            if keep:
                self._idle.append(child)
            else:
                self._alive.discard(child)
            self._changed.notify_all()
        if not keep:
            child.kill()

    def _keep(self) -> None:
        """Keep the pool at its size until it is closed; after a failed start wait before the next try."""
        while self._wants_one():
            made = self._made()
            if isinstance(made, Child):
                self._welcome(made)
                continue
            with self._changed:
                self._failed = f"The sandbox for {self.family} cannot start on this machine: {made}"
                self._changed.notify_all()
                self._changed.wait(5)

    def _wants_one(self) -> bool:
        """Wait until a child is missing; False once the pool is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._alive) < self.size)
            return not self._closed

    def _welcome(self, child: Child) -> None:
        with self._changed:
            if not self._closed:
                self._failed, self.held = "", child.held
                self._alive.add(child)
                self._idle.append(child)
                self._changed.notify_all()
                return
        child.kill()

    def _made(self) -> Child | str:
        """Start a child, or say why that did not work."""
        try:
            return Child(self.family, self.cache)
        except (OSError, CannotStart) as error:
            return f"{error}."


def _start_patience(patience: float) -> float:
    """Return how long the first children may take on top: who is in a hurry waits for Python, not for a compiler."""
    return min(max(3 * patience, 15.0), START_SECONDS)


def _read(message: dict[str, Any]) -> SandboxReply:
    answer = message.get("answer")
    if isinstance(answer, dict):
        return SandboxReply(answer)
    fault = str(message.get("fault"))
    kind = SandboxFault(fault) if fault in set(SandboxFault) else SandboxFault.CRASH
    return SandboxReply.failed(kind, str(message.get("detail", "")))

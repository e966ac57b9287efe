"""Real processes for tests that must see signals, sockets and restarts: worker, sweeper, web server."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from rubricstudio import lifeline
from tests.server import TestServer

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Started:
    """One process, its log, and for a web server its address."""

    name: str
    process: subprocess.Popen[bytes]
    log_path: Path
    url: str = ""

    @property
    def pid(self) -> int:
        """The process's number."""
        return self.process.pid

    def log(self) -> str:
        """Return all it has said."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL to it and to all it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self, patience: float = 15.0) -> int:
        """Ask it to end, and return its exit status."""
        self.process.terminate()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.wait(5)


class Processes:
    """Starts processes on the test database, and ends every one of them on `close`."""

    def __init__(self, server: TestServer) -> None:
        self.server = server
        self.started: list[Started] = []

    def start_worker(self, *, concurrency: int | str = 2, **environment: str) -> Started:
        """Start a Celery worker with threads, as the demo does, and wait until it takes tasks."""
        command = [
            "-m",
            "celery",
            "-A",
            "rubricstudio",
            "worker",
            "--pool",
            "threads",
            "--concurrency",
            str(concurrency),
        ]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        worker = self._start("worker", command, environment)
        return self._wait(worker, lambda: " ready." in worker.log())

    def start_sweeper(self, **environment: str) -> Started:
        """Start the sweeper that finds work nobody was told of, or that somebody let fall."""
        return self._start("sweeper", ["manage.py", "sweep"], environment)

    def start_web(self, **environment: str) -> Started:
        """Start the web server on a free port and wait until it answers."""
        port = free_port()
        command = ["-m", "uvicorn", "rubricstudio.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
        web = self._start("web", [*command, "--lifespan", "off", "--no-access-log"], environment)
        web.url = f"http://127.0.0.1:{port}"
        return self._wait(web, lambda: _answers(f"{web.url}/healthz"))

    def close(self) -> None:
        """End all that still run."""
        for started in reversed(self.started):
            if started.alive():
                started.process.terminate()
        for started in reversed(self.started):
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.process.wait(8)
            if started.alive():
                started.kill()

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> Started:
        folder = self.server.data_dir / "logs"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}-{len(self.started)}-{time.monotonic_ns()}.log"
        with path.open("wb") as output:
            process = lifeline.spawn(
                [sys.executable, *command],
                output=output.fileno(),
                environment=os.environ | self.server.environment() | environment,
                folder=ROOT,
            )
        started = Started(name, process, path)
        self.started.append(started)
        return started

    def _wait(self, started: Started, ready: Callable[[], bool], patience: float = 240.0) -> Started:
        end = time.monotonic() + patience
        while not ready():
            if not started.alive() or time.monotonic() > end:
                raise AssertionError(f"The {started.name} did not come up:\n{started.log()[-4000:]}")
            time.sleep(0.1)
        return started


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], *, patience: float = 60.0, what: str = "the condition") -> None:
    """Wait for something that other processes bring about."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"Waited {patience:.0f} s in vain for {what}.")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False

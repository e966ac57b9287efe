"""A fresh studio for one benchmark: an embedded PostgreSQL with all migrations, and processes that work on it."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from rubricstudio import embedded

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = ("DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL")


@dataclass(frozen=True)
class Studio:
    """The environment that reaches it."""

    environment: dict[str, str]
    started: dict[str, int] = field(default_factory=dict)

    def told(self, module: str, *arguments: str) -> dict[str, Any]:
        """Run a module to its end; it prints what it found as JSON in its last line."""
        lines = _python(self.environment, "-m", module, *arguments).splitlines()
        return dict(json.loads(lines[-1]))

    @contextmanager
    def web(self, workers: int = 1) -> Iterator[str]:
        """The web server as the demo starts it, or with more processes, by its address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = ["-m", "uvicorn", "rubricstudio.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(
            [sys.executable, *command, "--lifespan", "off", "--no-access-log", "--workers", str(workers)],
            cwd=ROOT,
            env=self.environment,
        )
        self.started["web"] = process.pid
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)

    def web_memory(self) -> int:
        """Bytes that a web server of one process holds."""
        pages = int(Path(f"/proc/{self.started['web']}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    @contextmanager
    def worker(self, threads: int = 2) -> Iterator[None]:
        """A worker with threads, as the demo starts it, once it takes tasks."""
        log = Path(self.environment["STUDIO_DATA_DIR"]) / "worker.log"
        command = ["-m", "celery", "-A", "rubricstudio", "worker", "--pool", "threads", "--concurrency", str(threads)]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            end = time.monotonic() + 90
            while " ready." not in log.read_text(errors="replace"):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"The worker did not come up:\n{log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def fresh() -> Iterator[Studio]:
    """Start PostgreSQL, migrate, and clear all away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
    folder.chmod(0o755)
    try:
        with embedded.running(folder, throwaway=True) as addresses:
            environment = {name: value for name, value in os.environ.items() if name not in FOREIGN} | {
                "DATABASE_URL": addresses.app,
                "STUDIO_MIGRATION_DATABASE_URL": addresses.owner,
                "STUDIO_DATA_DIR": str(folder),
                "STUDIO_SECRET_KEY": secrets.token_hex(32),
                "STUDIO_LOG_LEVEL": "WARNING",
            }
            _python(environment | {"STUDIO_USE_OWNER": "1"}, "manage.py", "migrate", "--no-input", "--verbosity", "0")
            yield Studio(environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load() -> str:
    """How busy the machine is beside the benchmark, for a note."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def _wait(url: str, patience: float = 90.0) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)

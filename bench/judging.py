"""Verdicts a second through a real worker and an embedded PostgreSQL, with an engine that answers at once over HTTP."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from bench.figures import Figure
from rubricstudio import embedded

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = 600
CONCURRENCY = 2
GOAL = 800
FOREIGN = ("DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL")


def run() -> list[Figure]:
    """Judge some hundred answers of 20 criteria each with one worker process."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        addresses = stack.enter_context(embedded.running(folder, throwaway=True))
        environment = _environment(folder, addresses)
        _python(environment | {"STUDIO_USE_OWNER": "1"}, "manage.py", "migrate", "--no-input", "--verbosity", "0")
        url = stack.enter_context(_engine(environment))
        stack.enter_context(_worker(environment, folder))
        told = json.loads(_python(environment, "-m", "bench._judging_load", str(ANSWERS), url).splitlines()[-1])
    rate = told["verdicts"] / told["seconds"]
    note = f"{told['verdicts']} verdicts in {told['seconds']:.1f} s, 20 a call, one worker with {CONCURRENCY} threads"
    name = "judging.end_to_end_verdicts_per_s"
    return [Figure(name, round(rate, 1), "verdicts/s", told["verdicts"], GOAL, at_least=True, note=note)]


def _environment(folder: Path, addresses: embedded.Addresses) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return kept | {
        "DATABASE_URL": addresses.app,
        "STUDIO_MIGRATION_DATABASE_URL": addresses.owner,
        "STUDIO_DATA_DIR": str(folder),
        "STUDIO_SECRET_KEY": secrets.token_hex(32),
        "STUDIO_LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


@contextmanager
def _engine(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with _process(environment, ["-m", "tests.engines.fake_openai", "--port", str(port)], Path(os.devnull)):
        _wait(lambda: httpx.get(f"{url}/health", timeout=2).is_success)
        yield url


@contextmanager
def _worker(environment: dict[str, str], folder: Path) -> Iterator[None]:
    command = ["-m", "celery", "-A", "rubricstudio", "worker", "--pool", "threads", "--concurrency", str(CONCURRENCY)]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    log = folder / "worker.log"
    with _process(environment, command, log):
        _wait(lambda: " ready." in log.read_text(errors="replace"))
        yield


@contextmanager
def _process(environment: dict[str, str], arguments: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def _wait(ready: Callable[[], bool], patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if ready():
                return
        except httpx.TransportError:
            pass  # not up yet
        time.sleep(0.1)
    raise RuntimeError("A process of the benchmark did not come up.")

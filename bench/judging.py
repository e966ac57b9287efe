"""A real worker and an embedded PostgreSQL with engines that play: rate, cost of the host, replicas, memory.

The engine that answers at once shows what the studio itself costs. Engines with a fixed delay, one call at a time, show
that two replicas do the work of two.
"""

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
from tests.engines import fake_openai

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = 600
LONG = 10_000
WARM_UP = 60
CONCURRENCY = 2
GOAL = 2000
HOST_MS = 0.7
DELAYED_ANSWERS = 120
DELAY = 0.1
REPLICAS_GOAL = 0.6
MEGABYTE = 2**20
GROWTH_GOAL = 10
FOREIGN = ("DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL")


def run() -> Iterator[Figure]:
    """Judge answers of 20 criteria each with one worker process."""
    with _studio() as (environment, folder):
        with _engine(environment) as url, _worker(environment, folder) as worker:
            yield from _at_once(environment, url, worker)
            yield _memory(environment, url, worker)
        yield _two_replicas(environment, folder)


def _at_once(environment: dict[str, str], url: str, worker: int) -> Iterator[Figure]:
    told = _load(environment, ANSWERS, worker, url)
    rate = told["verdicts"] / told["seconds"]
    count = int(told["verdicts"])
    note = f"{count} verdicts in {told['seconds']:.1f} s, 20 a call, one worker with {CONCURRENCY} threads"
    name = "judging.end_to_end_verdicts_per_s"
    yield Figure(name, round(rate, 1), "verdicts/s", count, GOAL, at_least=True, note=note)
    cost = 1000 * told["cpu"] / told["verdicts"]
    note = "CPU of the worker and of all processes of PostgreSQL while they judged, 20 verdicts a call"
    yield Figure("judging.host_ms_per_verdict", round(cost, 3), "ms", count, HOST_MS, note=note)


def _memory(environment: dict[str, str], url: str, worker: int) -> Figure:
    """Memory of the worker after 200,000 further verdicts of a judge against that after its first 200,000.

    Over those the heap of the process and what an engine remembers of texts grow to their size.
    """
    told = _load(environment, LONG, worker, url, warm_up=LONG)
    grown = told["grown"] / MEGABYTE
    note = (
        f"{told['verdicts']:.0f} verdicts after as many of the same judge: {told['started'] / MEGABYTE:.0f} MB before"
        f" its first, {told['memory'] / MEGABYTE:.0f} MB after the first half"
    )
    return Figure("judging.memory_growth_mb", round(grown, 1), "MB", int(told["verdicts"]), GROWTH_GOAL, note=note)


def _two_replicas(environment: dict[str, str], folder: Path) -> Figure:
    """The same answers by one and by two engines that take one call at a time and a fixed time for it."""
    seconds = []
    for replicas in (1, 2):
        with ExitStack() as stack:
            urls = [stack.enter_context(_delayed()) for _ in range(replicas)]
            worker = stack.enter_context(_worker(environment, folder))
            seconds.append(_load(environment, DELAYED_ANSWERS, worker, *urls)["seconds"])
    note = (
        f"{seconds[0]:.1f} s with one, {seconds[1]:.1f} s with two; {DELAYED_ANSWERS} answers, one call at a time, "
        f"{DELAY:g} s a call"
    )
    ratio = round(seconds[1] / seconds[0], 3)
    return Figure("judging.two_replicas_ratio", ratio, "ratio", DELAYED_ANSWERS, REPLICAS_GOAL, note=note)


@contextmanager
def _delayed() -> Iterator[str]:
    with fake_openai.FakeServer(slots=1) as fake:
        fake.behave("delay", seconds=DELAY)
        yield fake.url


@contextmanager
def _studio() -> Iterator[tuple[dict[str, str], Path]]:
    folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
    try:
        folder.chmod(0o755)
        with embedded.running(folder, throwaway=True) as addresses:
            environment = _environment(folder, addresses)
            _python(environment | {"STUDIO_USE_OWNER": "1"}, "manage.py", "migrate", "--no-input", "--verbosity", "0")
            yield environment, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load(
    environment: dict[str, str], answers: int, worker: int, *urls: str, warm_up: int = WARM_UP
) -> dict[str, float]:
    """Verdicts, seconds, CPU seconds of worker and PostgreSQL, and bytes of the worker, of the measured run."""
    said = _python(environment, "-m", "bench._judging_load", str(warm_up), str(answers), str(worker), *urls)
    told: dict[str, float] = json.loads(said.splitlines()[-1])
    return told


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
def _worker(environment: dict[str, str], folder: Path) -> Iterator[int]:
    command = ["-m", "celery", "-A", "rubricstudio", "worker", "--pool", "threads", "--concurrency", str(CONCURRENCY)]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    log = folder / "worker.log"
    with _process(environment, command, log) as process:
        _wait(lambda: " ready." in log.read_text(errors="replace"))
        yield process


@contextmanager
def _process(environment: dict[str, str], arguments: list[str], log: Path) -> Iterator[int]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process.pid
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

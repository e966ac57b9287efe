"""`manage.py studio` under bad luck: told to stop at any moment, started twice, killed, robbed of its worker."""

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.processes import ROOT, free_port

LEFT_OUT = {"DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"}


class Launched:
    """One `manage.py studio` in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.output = folder.parent / f"launcher-{time.monotonic_ns()}.log"
        environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "studio"],
                cwd=ROOT,
                env=environment | {"STUDIO_DATA_DIR": str(folder), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, words: str, patience: float = 120) -> None:
        end = time.monotonic() + patience
        while words not in self.said():
            assert self.process.poll() is None, f"It ended with {self.process.returncode}:\n{self.said()}"
            assert time.monotonic() < end, f"It did not say “{words}”:\n{self.said()}"
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGINT, patience: float = 60) -> int:
        self.process.send_signal(number)
        return self.process.wait(patience)

    def processes(self) -> list[int]:
        """Return the processes that work in this folder, by what they were started with."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                    if str(self.folder).encode() in told:
                        found.append(int(entry.name))
        return found

    def gone(self, patience: float = 20) -> bool:
        """Say whether no process of this folder is left."""
        end = time.monotonic() + patience
        while self.processes():
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "studio"


@pytest.fixture
def running(folder: Path) -> Iterator[Launched]:
    launched = Launched(folder, free_port())
    try:
        launched.wait_for("Ctrl-C stops it")
        yield launched
    finally:
        if launched.process.poll() is None:
            launched.stop()


linux = pytest.mark.skipif(sys.platform != "linux", reason="Reads /proc")


@linux
@pytest.mark.parametrize(
    ("words", "pause"),
    [
        ("", 0.0),
        ("", 0.7),
        ("Making an embedded PostgreSQL", 0.15),
        ("Making an embedded PostgreSQL", 0.6),
        ("Migrating the database", 0.05),
        ("Migrating the database", 1.5),
        ("Starting web", 0.1),
        ("Starting web", 1.5),
    ],
)
def test_stopped_while_starting_it_leaves_nothing_running_and_says_so(folder: Path, words: str, pause: float):
    launched = Launched(folder, free_port())
    if words:
        launched.wait_for(words)
    else:
        time.sleep(0.3)  # Python itself has to be up
    time.sleep(pause)
    assert launched.stop() in {0, 130}
    assert launched.gone()
    assert "Traceback" not in launched.said()
    assert "top" in launched.said().splitlines()[-1], launched.said()
    assert not list((folder / "postgres").glob("postmaster.pid"))


@linux
@pytest.mark.timeout(300)
def test_after_an_interrupted_start_the_next_one_goes_on(folder: Path):
    for words, pause in (("Making an embedded PostgreSQL", 0.3), ("Migrating the database", 1.0)):
        launched = Launched(folder, free_port())
        launched.wait_for(words)
        time.sleep(pause)
        launched.stop(signal.SIGTERM)
    port = free_port()
    launched = Launched(folder, port)
    launched.wait_for("Ctrl-C stops it")
    told = json.loads((folder / "demo.json").read_text())
    assert told["url"] == f"http://127.0.0.1:{port}"
    assert set(told) == {"url", "workspace", "judge", "token", "users"}
    assert set(told["users"]) == {"author", "approver", "annotator", "admin"}
    assert stat.S_IMODE((folder / "demo.json").stat().st_mode) == 0o600
    assert launched.stop() == 0
    assert "Nothing is lost" in launched.said()
    assert launched.gone()


def test_a_second_start_in_the_same_folder_says_where_the_first_is(running: Launched):
    url = json.loads((running.folder / "demo.json").read_text())["url"]
    second = Launched(running.folder, free_port())
    assert second.process.wait(60) == 1
    assert f"already running at {url}" in second.said()
    assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 200


@linux
def test_a_crashed_process_is_started_again_and_said(running: Launched):
    url = json.loads((running.folder / "demo.json").read_text())["url"]
    for name in ("celery", "uvicorn"):
        before = [pid for pid in running.processes() if name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(before[0], signal.SIGKILL)
    running.wait_for("The worker was killed by signal 9")
    running.wait_for("The web was killed by signal 9")
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                break
        time.sleep(0.2)
    else:
        pytest.fail(running.said())


@linux
def test_when_the_launcher_is_killed_its_processes_end_and_the_next_start_works(running: Launched):
    running.stop(signal.SIGKILL)
    assert running.gone(30)
    assert not (running.folder / "postgres" / "postmaster.pid").exists(), "PostgreSQL was not shut down"
    again = Launched(running.folder, free_port())
    again.wait_for("Ctrl-C stops it")
    assert again.stop() == 0


def test_a_port_in_use_is_said_before_anything_starts(folder: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        launched = Launched(folder, other.getsockname()[1])
        assert launched.process.wait(60) == 1
        assert "is taken by another program" in launched.said()
        assert not (folder / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    launched = Launched(tmp_path / "file" / "studio", free_port())
    assert launched.process.wait(60) == 1
    assert "writable" in launched.said()
    assert "Traceback" not in launched.said()

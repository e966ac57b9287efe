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
from pathlib import Path

import httpx
import pytest

from rubricstudio import lifeline
from tests.processes import ROOT, free_port, wait_until

LEFT_OUT = {"DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"}


class Launched:
    """One `manage.py studio` in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        nearest = next(parent for parent in folder.parents if parent.is_dir())
        self.output = nearest / f"launcher-{time.monotonic_ns()}.log"
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

    def wait_for(self, words: str, patience: float = 180) -> None:
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


linux = pytest.mark.skipif(sys.platform != "linux", reason="Reads /proc")


SWALLOWING = """
import importlib, sys
sys.argv = ["manage.py", "studio"]
sys.path.insert(0, ".")
import manage

class Lost:
    def __del__(self):
        import os, signal
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(1000))  # Here the interpreter notices the signal; what is raised in a finaliser is ignored.

def run():
    lost = Lost()
    del lost
    sys.exit("It went on.")

manage._run = run
manage.main()
"""


def test_told_to_stop_where_python_swallows_it_it_stops():
    done = subprocess.run([sys.executable, "-c", SWALLOWING], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "Stopped.\n")


@linux
@pytest.mark.parametrize(
    ("words", "pause"),
    [
        ("", 0.0),
        ("Making an embedded PostgreSQL", 0.15),
        ("Making an embedded PostgreSQL", 0.6),
        ("Migrating the database", 0.05),
        ("Migrating the database", 1.5),
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
    check_it_is_gone(launched)


@linux
@pytest.mark.timeout(600)
def test_interrupted_started_doubled_robbed_and_killed_it_goes_on(folder: Path):
    for words, pause in (("Making an embedded PostgreSQL", 0.3), ("Migrating the database", 1.0)):
        launched = Launched(folder, free_port())
        launched.wait_for(words)
        time.sleep(pause)
        launched.stop(signal.SIGTERM)

    launched = Launched(folder, free_port())
    launched.wait_for("Starting web")
    time.sleep(0.1)
    assert launched.stop() in {0, 130}
    check_it_is_gone(launched)

    launched = Launched(folder, free_port())
    launched.wait_for("Ctrl-C stops it")
    url = check_demo_file(folder)

    second = Launched(folder, free_port())
    assert second.process.wait(60) == 1
    assert f"already running at {url}" in second.said()
    assert ready(url)

    for name in ("celery", "uvicorn"):
        os.kill(next(pid for pid in launched.processes() if name in lifeline.command_line(pid)), signal.SIGKILL)
    launched.wait_for("The worker was killed by signal 9")
    launched.wait_for("The web was killed by signal 9")
    wait_until(lambda: ready(url), what="the web server to be back")

    launched.stop(signal.SIGKILL)
    assert launched.gone(30)
    assert not (folder / "postgres" / "postmaster.pid").exists(), "PostgreSQL was not shut down"

    launched = Launched(folder, free_port())
    launched.wait_for("Ctrl-C stops it")
    assert "Loading the sample" not in launched.said(), "The logins of the first start should still hold"
    assert launched.stop() == 0
    assert "Nothing is lost" in launched.said()
    assert launched.gone()


def check_it_is_gone(launched: Launched) -> None:
    assert launched.gone()
    assert "Traceback" not in launched.said()
    assert "top" in launched.said().splitlines()[-1], launched.said()
    assert not list((launched.folder / "postgres").glob("postmaster.pid"))


def check_demo_file(folder: Path) -> str:
    told = json.loads((folder / "demo.json").read_text())
    assert set(told) == {"url", "workspace", "judge", "token", "users"}
    assert set(told["users"]) == {"author", "approver", "annotator", "admin"}
    assert stat.S_IMODE((folder / "demo.json").stat().st_mode) == 0o600
    return told["url"]


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


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

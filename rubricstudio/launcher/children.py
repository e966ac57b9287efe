"""The processes of the studio: started, watched, started again after a crash, and stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rubricstudio import lifeline

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
LOG_LIMIT = 20 * 1024 * 1024
WISHES = ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 5.0))


@dataclass
class Child:
    """One process with its command and log."""

    name: str
    command: Sequence[str]
    log_path: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    due: float | None = field(default=None)

    def start(self) -> None:
        """Start the process."""
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_LIMIT:
            self.log_path.replace(self.log_path.with_suffix(".old.log"))
        with self.log_path.open("ab") as output:
            self.process = lifeline.spawn(
                [sys.executable, *self.command],
                output=output.fileno(),
                environment=os.environ | {"PYTHONUNBUFFERED": "1"},
                folder=ROOT,
            )
        self.started_at, self.due = time.monotonic(), None

    def alive(self) -> bool:
        """Say whether it runs now."""
        return self.process is not None and self.process.poll() is None

    def last_words(self, characters: int = 1500) -> str:
        """Return the end of its log."""
        try:
            return self.log_path.read_text(encoding="utf-8", errors="replace")[-characters:].strip()
        except OSError:
            return ""


class Family:
    """All processes of one studio."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self.logs = logs
        self.say = say
        self.children: list[Child] = []

    def add(self, name: str, command: Sequence[str]) -> Child:
        """Start one more process and watch it from now on."""
        child = Child(name, command, self.logs / f"{name}.log")
        child.start()
        self.children.append(child)
        return child

    def tend(self) -> None:
        """Start again what has crashed, with a growing pause, and say so."""
        now = time.monotonic()
        for child in self.children:
            if child.alive():
                continue
            if child.due is None:
                self._mourn(child, now)
            elif now >= child.due:
                child.start()

    def _mourn(self, child: Child, now: float) -> None:
        steady = now - child.started_at > STEADY_AFTER
        child.pause = 1.0 if steady else min(child.pause * 2, LONGEST_PAUSE)
        child.due = now + child.pause
        status = child.process.returncode if child.process is not None else None
        how = f"was killed by signal {-status}" if status is not None and status < 0 else f"ended with status {status}"
        self.say(f"The {child.name} {how} (see {child.log_path}). It starts again in {child.pause:.0f} s.")

    def stop(self) -> None:
        """Ask all to end, wait, and insist; what a worker had in hand goes on at the next start."""
        for wish, patience in WISHES:
            living = [child for child in self.children if child.alive()]
            for child in living:
                assert child.process is not None
                child.process.send_signal(wish)
            end = time.monotonic() + patience
            for child in living:
                assert child.process is not None
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, end - time.monotonic()))
        self.children.clear()


def run_to_end(name: str, command: Sequence[str], logs: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of manage.py's commands to its end; an interruption ends it too."""
    logs.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
        start_new_session=True,
    )
    try:
        out, err = process.communicate()
    except BaseException:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
        raise
    (logs / f"{name}.log").write_text(err, encoding="utf-8")
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)

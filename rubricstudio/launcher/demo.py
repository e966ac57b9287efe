"""The demo: PostgreSQL, migrations, sample workspace, web, worker and sweeper, until Ctrl-C."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import httpx
import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from rubricstudio import embedded
from rubricstudio.launcher import children, preflight
from rubricstudio.launcher.preflight import CannotStart

PATIENCE = 90.0
TICK = 0.3
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the studio to stop."""


class Wish:
    """The wish to stop: a signal raises `Stopped` where the work is, and is remembered.

    Python swallows what is raised in some places (after a fork, while finalising), so `heed` asks again at every step;
    the complaint that Python prints there is left out.
    """

    def __init__(self) -> None:
        self.made = False

    def listen(self) -> None:
        """Take signals to stop from now on."""
        sys.unraisablehook = _unless_stopped
        for each in SIGNALS:
            signal.signal(each, self._stop)

    def heed(self) -> None:
        """Stop here if somebody wished it."""
        if self.made:
            raise Stopped

    def end(self) -> None:
        """Let what is being stopped be stopped in peace."""
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.made = True
        raise Stopped


def _unless_stopped(swallowed: "sys.UnraisableHookArgs") -> None:
    """Complain of what Python swallowed, but for the wish to stop, which is remembered."""
    if swallowed.exc_type is not Stopped:
        sys.__unraisablehook__(swallowed)


@dataclass
class Demo:
    """One running studio and what it takes to stop it."""

    data_dir: Path
    port: int
    say: Callable[[str], None]
    once: bool = False
    wish: Wish = field(default_factory=Wish)
    phase: str = "starting"
    timings: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare what is started later."""
        self.hold = preflight.Hold(self.data_dir)
        self.server: embedded.Server | None = None
        self.family = children.Family(self.data_dir / "logs", self.say)
        self.url = ""

    def start(self) -> dict[str, Any]:
        """Start everything and return what `demo.json` says."""
        preflight.check_folder(self.data_dir)
        self.hold.take()
        self.port = preflight.choose_port(self.port)
        self.url = f"http://127.0.0.1:{self.port}"
        os.environ.setdefault("STUDIO_PUBLIC_URL", self.url)
        with self._timed("postgres_s"):
            self._start_postgres()
        with self._timed("migrate_s"):
            self._migrate()
        with self._timed("ready_s"):
            self._start_family()
            self._wait_ready()
        with self._timed("sample_s"):
            described = self._describe()
        self.hold.tell(f"at {self.url} (process {os.getpid()})")
        return described

    def watch(self) -> NoReturn:
        """Keep everything running until somebody says stop."""
        while True:
            self.tend()
            time.sleep(TICK)

    def tend(self) -> None:
        """Start again what has crashed."""
        self.wish.heed()
        if self.server is not None and not self.server.alive():
            self.say("PostgreSQL has ended (see .studio/logs/postgres.log). It starts again.")
            self.server.stop()
            self.server.start()
        self.family.tend()

    def stop(self) -> None:
        """Stop everything, in an order that loses nothing."""
        self.family.stop()
        if self.server is not None:
            self.server.stop()
        self.hold.let_go()

    def _start_postgres(self) -> None:
        if settings.DATABASE_URL != embedded.urls(self.data_dir).app:
            self._reach_given()
            return
        new = not (self.data_dir / "postgres" / "PG_VERSION").exists()
        self.phase = "making the database" if new else "starting PostgreSQL"
        self.say("Making an embedded PostgreSQL." if new else "Starting the embedded PostgreSQL.")
        self.server = embedded.Server(self.data_dir)
        # A first start may move the socket of a deep folder to a short one; children read the same record.
        addresses = self.server.start()
        settings.DATABASE_URL, settings.STUDIO_MIGRATION_DATABASE_URL = addresses

    def _reach_given(self) -> None:
        self.phase = "reaching PostgreSQL"
        for name in ("DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL"):
            try:
                psycopg.connect(getattr(settings, name), connect_timeout=10).close()
            except psycopg.Error as error:
                raise CannotStart(
                    f"PostgreSQL at {name} does not answer ({str(error).strip().splitlines()[0]}). "
                    "Check the address and the roles: docs/running.md has the SQL that makes them."
                ) from error

    def _migrate(self) -> None:
        waiting = _unapplied(settings.DATABASE_URL)
        if not waiting:
            return
        self.phase = "migrating"
        self.say(f"Migrating the database ({waiting} steps).")
        self._command("migrate", "--no-input", "--verbosity", "0", STUDIO_USE_OWNER="1")

    def _start_family(self) -> None:
        self.phase = "starting the processes"
        self.say("Starting web, worker and sweeper.")
        web = ["-m", "uvicorn", "rubricstudio.asgi:application", "--host", "127.0.0.1", "--port", str(self.port)]
        self.family.add("web", [*web, "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "5"])
        worker = ["-m", "celery", "-A", "rubricstudio", "worker", "--pool", "threads", "--concurrency", "4"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        self.family.add("worker", worker)
        self.family.add("sweeper", ["manage.py", "sweep"])

    def _wait_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while not answers(f"{self.url}/readyz"):
            self.wish.heed()
            crashed = next((child for child in self.family.children if not child.alive()), None)
            if crashed is not None:
                raise CannotStart(f"The {crashed.name} did not start. Its log ends with:\n{crashed.last_words()}")
            if time.monotonic() > end:
                raise CannotStart(
                    f"{self.url}/readyz did not say ready within {PATIENCE:.0f} s; see {self.family.logs}."
                )
            time.sleep(0.1)

    def _describe(self) -> dict[str, Any]:
        """Return the sample workspace's logins: those of the last start if they still hold, else new ones."""
        path, idle = self.data_dir / "demo.json", self.data_dir / "sample_without_run"
        kept = _read(path)
        if kept is not None and answers(f"{self.url}/api/v1/judges", token=kept["token"]):
            described = kept | {"url": self.url}
        else:
            self.phase = "loading the sample workspace"
            self.say("Loading the sample workspace.")
            # The main job shall not wait for the sample's own run: that is started by the next `make demo`.
            told = json.loads(self._command("load_sample", *(["--no-run"] if self.once else [])).splitlines()[-1])
            described = {"url": self.url} | {key: told[key] for key in ("workspace", "judge", "token", "users")}
            if self.once:
                idle.touch()
        if idle.exists() and not self.once:
            self._command("load_sample", "--run-only")
            idle.unlink()
        _write_private(path, json.dumps(described, indent=1) + "\n")
        return described

    def _command(self, name: str, *arguments: str, **environment: str) -> str:
        done = children.run_to_end(name, [name, *arguments], self.family.logs, **environment)
        if done.returncode:
            raise CannotStart(f"manage.py {name} failed:\n{(done.stderr or done.stdout).strip()[-2000:]}")
        return done.stdout

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.wish.heed()
        self.timings[name] = round(time.monotonic() - begun, 3)


def answers(url: str, *, token: str = "") -> bool:
    """Say whether an address of the studio answers well."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        return httpx.get(url, headers=headers, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _unapplied(url: str) -> int:
    """Count the migrations that this code has and the database has not; cheaper than asking `migrate`."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    with psycopg.connect(url, connect_timeout=10) as connection:
        found = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
        if found is None or found[0] is None:
            return len(loader.disk_migrations)
        applied = set(connection.execute("SELECT app, name FROM public.django_migrations"))
    return len(set(loader.disk_migrations) - applied)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    keys = {"workspace", "judge", "token", "users"}
    return found if isinstance(found, dict) and keys <= found.keys() else None


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)

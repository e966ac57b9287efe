"""The embedded PostgreSQL: made whole or not at all, one starter, short sockets, leftovers of a killed starter."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rubricstudio import embedded, lifeline


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "Data"
    for line in (tmp_path / "Data" / "postgres").glob("postmaster.pid"):
        os.kill(int(line.read_text().split("\n", 1)[0]), signal.SIGQUIT)


def test_addresses_are_known_before_anything_runs(tmp_path: Path):
    app, owner = embedded.urls(tmp_path / "Data")
    assert app.startswith("postgresql://studio_app@%2F") and app.endswith("%2FData%2Frun/studio")
    assert owner == app.replace("studio_app", "studio_owner")
    assert not (tmp_path / "Data").exists()


def test_the_owner_owns_and_the_app_is_restricted(data_dir: Path):
    with embedded.running(data_dir, throwaway=True) as addresses:
        with psycopg.connect(addresses.owner, autocommit=True) as owner:
            owner.execute("CREATE TABLE kept (id int)")
            rights = owner.execute(
                "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'studio_app'"
            )
            assert rights.fetchone() == (False, False, False)
        with psycopg.connect(addresses.app) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT * FROM kept")
    with embedded.running(data_dir, throwaway=True) as again, psycopg.connect(again.owner) as owner:
        assert owner.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_nobody_listens_on_the_network(data_dir: Path):
    with embedded.running(data_dir, throwaway=True) as addresses, psycopg.connect(addresses.app) as app:
        assert app.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_second_start_says_that_the_first_is_there(data_dir: Path):
    with embedded.running(data_dir, throwaway=True), pytest.raises(embedded.AlreadyRunning, match="already running"):
        embedded.Server(data_dir).start()


def test_a_deep_folder_gets_a_short_socket(tmp_path: Path):
    deep = tmp_path / ("x" * 100)
    with embedded.running(deep, throwaway=True) as addresses:
        assert addresses == embedded.urls(deep)
        assert "xxx" not in addresses.app
        psycopg.connect(addresses.app).close()


def test_an_interrupted_initdb_leaves_nothing_half_made(data_dir: Path):
    half = data_dir / "postgres.new.abc"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded.running(data_dir, throwaway=True) as addresses:
        psycopg.connect(addresses.app).close()
    assert not list(data_dir.glob("postgres.new.*"))


def test_a_pid_file_that_names_another_process_is_cleared(data_dir: Path):
    with embedded.running(data_dir, throwaway=True):
        text = (data_dir / "postgres" / "postmaster.pid").read_text()
    stale = data_dir / "postgres" / "postmaster.pid"
    stale.write_text(text.replace(text.split("\n", 1)[0], str(os.getpid()), 1))
    with embedded.running(data_dir, throwaway=True) as addresses:
        psycopg.connect(addresses.app).close()


def test_a_server_whose_starter_was_killed_is_taken_over(data_dir: Path):
    pid = start_and_kill(data_dir, "lifeline._libc = None")
    assert "postgres" in lifeline.command_line(pid)
    with embedded.running(data_dir, throwaway=True) as addresses:
        psycopg.connect(addresses.app).close()
        assert "postgres" not in lifeline.command_line(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux ends children with their starter")
def test_the_server_ends_with_its_starter(data_dir: Path):
    start_and_kill(data_dir)
    for _ in range(100):
        if not (data_dir / "postgres" / "postmaster.pid").exists():
            break
        time.sleep(0.1)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def start_and_kill(data_dir: Path, before: str = "") -> int:
    """Let another process start the server, kill that process, and return the server's own number."""
    code = f"""
import time
from pathlib import Path
from rubricstudio import embedded, lifeline
{before}
embedded.Server(Path({str(data_dir)!r}), throwaway=True).start()
print("up", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None and starter.stdout.readline() == b"up\n"
        pid = int((data_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
        starter.kill()
    return pid


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(embedded.EmbeddedError, match="cannot be written"):
        embedded.Server(tmp_path / "file" / "data").start()


def test_data_of_another_version_is_refused_with_the_way_out(data_dir: Path):
    with embedded.running(data_dir, throwaway=True):
        pass
    (data_dir / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(embedded.EmbeddedError, match="written by PostgreSQL 14"):
        embedded.Server(data_dir).start()

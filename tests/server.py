"""The PostgreSQL that tests use: an embedded one in a temporary folder, or the one DATABASE_URL names."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations

from rubricstudio import database, embedded

KEPT = frozenset({"django_content_type", "auth_permission", "django_migrations"})


@dataclass
class TestServer:
    """Where the tests' server is, and the addresses of its test database."""

    app: str
    owner: str
    broker: str
    data_dir: Path
    embedded: embedded.Server | None
    __test__ = False

    def environment(self) -> dict[str, str]:
        """Return what a real process needs to work on the test database."""
        return {
            "DATABASE_URL": self.app,
            "STUDIO_MIGRATION_DATABASE_URL": self.owner,
            "CELERY_BROKER_URL": self.broker,
            "STUDIO_DATA_DIR": str(self.data_dir),
            "STUDIO_SECRET_KEY": settings.SECRET_KEY,
            "STUDIO_SWEEP_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def restart(self) -> None:
        """Stop PostgreSQL and start it again, as an operator would."""
        if self.embedded is None:
            raise RuntimeError("This server is not ours to restart.")
        self.embedded.stop()
        self.embedded.start()


def start() -> TestServer:
    """Start or find the server; its test database is made later, by Django."""
    given = os.environ.get("DATABASE_URL", "")
    data_dir = Path(tempfile.mkdtemp(prefix="studio-test-"))
    if given:
        owner = os.environ.get("STUDIO_MIGRATION_DATABASE_URL", given)
        app, server = given, None
    else:
        data_dir.chmod(0o755)
        server = embedded.Server(data_dir, throwaway=True)
        app, owner = server.start()
    app, owner = _test_database(app), _test_database(owner)
    broker = os.environ.get("CELERY_BROKER_URL", "") or database.pgmq_url(app)
    return TestServer(app=app, owner=owner, broker=broker, data_dir=data_dir, embedded=server)


def _test_database(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/test_{parts.path.lstrip('/')}"))


def sign_in(server: TestServer, url: str, *, pool: bool, name: str | None = None) -> None:
    """Point Django's connection at the server as one of its roles."""
    connection = connections["default"]
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    entry = database.settings(url, pool_size=8 if pool else 0)
    for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS"):
        connection.settings_dict[key] = entry[key]
    connection.settings_dict["NAME"] = name or entry["NAME"]


def flush_as_owner(server: TestServer) -> None:
    """Make the flush after a transactional test empty the tables as their owner: the app's role may not."""

    def execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        tables = set(self.connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
        names = ", ".join(self.quote_name(table) for table in sorted(tables))
        with psycopg.connect(server.owner, autocommit=True) as connection:
            connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE".encode())
        with psycopg.connect(server.app, autocommit=True) as connection:
            if connection.execute("SELECT to_regclass('pgmq.meta')").fetchone() != (None,):
                connection.execute("SELECT pgmq.purge_queue(queue_name) FROM pgmq.meta")

    DatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign, assignment]


def end_sessions(server: TestServer) -> None:
    """End what still holds the test database, such as a listener of a loop that is gone: each role may end its own."""
    for url in (server.app, server.owner):
        parts = urlsplit(url)
        name = parts.path.lstrip("/")
        beside = urlunsplit(parts._replace(path=f"/{name.removeprefix('test_')}"))
        with psycopg.connect(beside, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                [name],
            )

"""One PostgreSQL for the whole session; tests work as the restricted role, migrations ran as the owner."""

import contextlib
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test.utils import setup_databases, teardown_databases

from rubricstudio import database
from rubricstudio.celery import app as celery_app
from tests import browsers, server
from tests.processes import Processes

settings.STUDIO_USAGE_SECONDS = 0  # Within this process nothing is written behind a test's back.


@pytest.fixture(scope="session")
def studio_server() -> Iterator[server.TestServer]:
    """The running server, started by the first test that needs a database."""
    found = server.start()
    settings.DATABASE_URL = found.app
    settings.STUDIO_MIGRATION_DATABASE_URL = found.owner
    settings.STUDIO_APP_ROLE = database.role(found.app)
    settings.CELERY_BROKER_URL = found.broker
    celery_app.conf.update(broker_url=found.broker, broker_transport_options=database.broker_options(found.broker))
    yield found
    if found.embedded is not None:
        found.embedded.stop()
    shutil.rmtree(found.data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker, studio_server: server.TestServer
) -> Iterator[None]:
    """Make and migrate the test database as its owner, then sign in as the role that web and worker have."""
    plain = database.settings(studio_server.owner, pool_size=0)["NAME"].removeprefix("test_")
    with django_db_blocker.unblock():
        server.sign_in(studio_server, studio_server.owner, pool=False, name=plain)
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
        server.sign_in(studio_server, studio_server.app, pool=True)
        server.flush_as_owner(studio_server)
    yield
    if studio_server.embedded is not None:
        return  # It goes with its server.
    celery_app.pool.force_close_all()  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        server.sign_in(studio_server, studio_server.owner, pool=False)
        server.end_sessions(studio_server)
        teardown_databases(made, verbosity=0)


@pytest.fixture
def processes(transactional_db: None, studio_server: server.TestServer) -> Iterator[Processes]:
    """Starts real processes on the test database; all of them are gone when the test ends."""
    with contextlib.closing(Processes(studio_server)) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser; where there is none a test is skipped, except in CI."""
    return browsers.path_or_skip()

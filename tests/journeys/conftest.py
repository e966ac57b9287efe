"""People in a real browser in front of real processes; a page that complains fails its test."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from tests import browsers
from tests.engines.fake_openai import FakeServer
from tests.journeys.filled import Filled, fill
from tests.journeys.people import Person
from tests.processes import Processes
from tests.server import TestServer

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder; a slow machine may take its time."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module; Playwright's own loop must not be taken for an async view."""
    path = browsers.path_or_skip()
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(browsers.FLAGS))
        yield found
        found.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def enter(browser: Browser) -> Iterator[Callable[..., Person]]:
    """Open a window for one more person; at the end nobody's console may hold a complaint."""
    with contextlib.ExitStack() as stack:
        people: list[Person] = []

        def one_more(url: str, **settings: Any) -> Person:
            person = Person(browser, url, **settings)
            stack.callback(person.close)
            people.append(person)
            return person

        yield one_more
        complaints = [complaint for person in people for complaint in person.complaints]
    assert complaints == []


@pytest.fixture(scope="module")
def fake_judge() -> Iterator[FakeServer]:
    """A model server that answers at once, the same every time."""
    with FakeServer() as fake:
        yield fake


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None, django_db_blocker, studio_server: TestServer, fake_judge: FakeServer
) -> Iterator[Filled]:
    """One filled workspace for the tests of a module."""
    with django_db_blocker.unblock(), contextlib.closing(Processes(studio_server)) as started:
        url = started.start_web().url
        started.start_worker()
        yield fill(url, fake_judge)
        started.close()
        call_command("flush", verbosity=0, interactive=False)

"""A real sandbox: what checks say about code is only true of code that ran."""

from collections.abc import Iterator

import pytest

from engines.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    opened = Sandbox(size=2)
    yield opened
    opened.close()

"""One sandbox for all tests of this folder; it is closed at the end, and nothing of it may be left."""

from collections.abc import Iterator

import pytest

from engines.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = Sandbox(size=2)
    yield opened
    opened.close()

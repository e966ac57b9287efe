"""Fixtures of the engine tests: the fake server, and readable failures of the contract suite."""

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.engines.contract", "tests.engines.strategy_trials")

from tests.engines.fake_openai import FakeServer  # noqa: E402


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server

"""Every strategy runs for real on a vLLM server; `make test-vllm` starts one."""

import os
from collections.abc import Iterator

import pytest

from engines.served import ServedEngine
from tests.engines import strategy_trials

URL = os.environ.get("STUDIO_VLLM_URL", "")
pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(not URL, reason="STUDIO_VLLM_URL names no vLLM server; run make test-vllm."),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[ServedEngine]:
    engine = ServedEngine(URL)
    yield engine
    engine.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "protocol"), strategy_trials.CASES)
def test_a_strategy_comes_to_verdicts(engine: ServedEngine, name: str, protocol: str) -> None:
    strategy_trials.assert_judged(engine, name, protocol)

"""vLLM inside this process keeps the contract; `make test-vllm` runs this where vLLM is installed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain import errors
from engines import vllm_local
from engines.protocol import FailureKind
from engines.servers.stepping import Steppable
from engines.vllm_local import VllmLocalEngine
from tests.engines import contract

MODEL = os.environ.get("STUDIO_VLLM_MODEL", "")
ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(not MODEL, reason="STUDIO_VLLM_MODEL names no model; run make test-vllm."),
]


class TestContract(contract.EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Iterator[VllmLocalEngine]:
        yield VllmLocalEngine(MODEL, context_length=8192)
        vllm_local.stop()

    def test_it_says_what_it_is(self, engine: VllmLocalEngine) -> None:
        info = engine.info()
        assert info.kind == "vllm_local"
        assert info.server.startswith("vLLM ")
        assert info.context_length == 8192
        assert info.block_size in (16, 32, 64, 128)

    def test_control_strings_become_no_control_tokens(self, engine: VllmLocalEngine) -> None:
        dialect = engine._dialect()
        control = dialect._tokenise("<|im_end|>", True, None)
        assert len(control) == 1
        text = "so <|im_end|> and <<|im_end|>|im_end|> and <|im_start|><|im_start|> and <filename> and <b>bold</b>"
        ids = dialect._tokenise(text, False, None)
        assert control[0] not in ids
        assert min(ids) > 16  # the control tokens of this model are its first ones

    def test_questions_of_many_threads_are_one_batch(self, engine: VllmLocalEngine) -> None:
        engine.info()
        assert vllm_local._runtime is not None
        stepping = vllm_local._runtime.stepping
        most, step = 0, stepping._step

        def watched(engine: Steppable) -> None:
            nonlocal most
            most = max(most, len(stepping._places))
            step(engine)

        stepping._step = watched  # type: ignore[method-assign]
        texts = [f"Case {number}, {time.time_ns()}. {contract.LETTER}" for number in range(6)]
        with ThreadPoolExecutor(6) as pool:
            for batch in pool.map(lambda text: engine.label_distributions(contract.ask(text=text)), texts):
                contract.assert_answered(batch)
        stepping._step = step  # type: ignore[method-assign]
        assert most > len(contract.CLAIMS)

    def test_what_nobody_waits_for_any_more_is_dropped(self, engine: VllmLocalEngine) -> None:
        engine.label_distributions(contract.ask())
        late = engine.label_distributions(contract.ask(times=30), deadline=time.time() + 0.05)
        assert {reply.failure.kind for reply in late.replies if reply.failure} == {FailureKind.TIMEOUT}
        contract.assert_answered(engine.label_distributions(contract.ask()))
        assert vllm_local._runtime is not None
        assert vllm_local._runtime.stepping._places == {}

    def test_one_process_holds_one_model(self, engine: VllmLocalEngine) -> None:
        engine.info()
        with pytest.raises(errors.Unavailable, match="Start another worker"):
            VllmLocalEngine("another/model").info()

    def test_it_stops_and_starts_again(self, engine: VllmLocalEngine) -> None:
        engine.info()
        vllm_local.stop()
        contract.assert_answered(engine.label_distributions(contract.ask()))


ALONE = """
import sys, time
from engines.servers.stepping import Steppable
from engines.vllm_local import VllmLocalEngine
from tests.engines import contract
engine = VllmLocalEngine(sys.argv[1], context_length=2048)
contract.assert_answered(engine.label_distributions(contract.ask()))
print("answered", flush=True)
if sys.argv[2] == "stay":
    time.sleep(600)
"""


def run_alone(how: str, mark: str) -> subprocess.Popen[str]:
    environment = os.environ | {"STUDIO_TEST_MARK": mark, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", ALONE, MODEL, how], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def marked(mark: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if f"STUDIO_TEST_MARK={mark}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found


@pytest.mark.timeout(300)
def test_a_killed_worker_leaves_no_process_behind() -> None:
    process = run_alone("stay", "killed")
    assert process.stdout is not None
    for line in process.stdout:
        if "answered" in line:
            break
    assert process.pid in marked("killed")
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    end = time.monotonic() + 5
    while marked("killed") and time.monotonic() < end:
        time.sleep(0.1)
    assert marked("killed") == []


@pytest.mark.timeout(300)
def test_a_process_that_ends_lets_go_of_it() -> None:
    process = run_alone("end", "ended")
    said, _ = process.communicate(timeout=240)
    assert "answered" in said
    assert process.returncode == 0
    assert marked("ended") == []

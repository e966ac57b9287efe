"""HTTP to one model server: one try a call, with every way it can go wrong named."""

import contextlib
import email.utils
import json
import math
import socket
import time
import weakref
from typing import Any

import httpx
import orjson

from domain import errors
from engines.protocol import Failure, FailureKind

CONNECT_SECONDS = 5.0
KEEPALIVE_SECONDS = 4.0
"""Below the five seconds after which uvicorn, and so vLLM, hangs up on an idle connection."""

_STATED = 300
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TOO_LONG = ("context length", "context size", "maximum context", "max_model_len", "too long", "too many tokens")


class Away(Exception):
    """The server cannot be used now; another one, or a later try, may answer.

    `gone` says that nothing answered as expected, so that it may come back as another server, `broken` that this was
    perhaps only an idle connection, `slow` that it took longer than it may, `limited` that it is well but wants fewer
    requests; `failure` is set where the last try should end as a failed question, not as a missing server.
    """

    def __init__(
        self,
        reason: str,
        *,
        gone: bool = False,
        broken: bool = False,
        slow: bool = False,
        limited: bool = False,
        retry_after: float = 0.0,
        failure: Failure | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.gone = gone
        self.broken = broken
        self.slow = slow
        self.limited = limited
        self.retry_after = retry_after
        self.failure = failure


class Failed(Exception):
    """The server answered, or let the time pass, and this question has no answer."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.failure = Failure(kind, detail)


class Missing(Exception):
    """The server does not know this path or method."""


class Wire:
    """A connection pool to one server."""

    def __init__(self, base_url: str, *, api_key: str | None = None, timeout: float = 120.0) -> None:
        self.base_url = root_of(base_url)
        self._timeout = timeout
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._hung_up = False
        self.stated: frozenset[str] = frozenset()
        """What replies said of the model that wrote them, each once."""
        self._client = httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            limits=httpx.Limits(max_connections=64, keepalive_expiry=KEEPALIVE_SECONDS),
            trust_env=httpx.URL(self.base_url).host not in _LOOPBACK,
        )

    def get(self, path: str, *, deadline: float | None = None, timeout: float | None = None) -> Any:
        """Return the JSON at a path; raises `Missing` where there is none."""
        return self._read(self._send("GET", path, None, deadline, timeout))

    def post(self, path: str, body: dict[str, Any], *, deadline: float | None = None) -> Any:
        """Return the JSON answer to a body; raises `Missing` where nothing listens."""
        said = self._read(self._send("POST", path, body, deadline, None))
        if isinstance(said, dict) and said.get("choices") and (stated := _stated(said)) not in self.stated:
            self.stated |= {stated}
        return said

    def text(self, path: str, *, timeout: float | None = None) -> str:
        """Return a page of plain text, such as metrics."""
        return self._send("GET", path, None, None, timeout).text

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def hang_up(self) -> None:
        """End the calls under way at once, from another thread; they raise `Away`."""
        self._hung_up = True
        for each in list(self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None, deadline: float | None, timeout: float | None
    ) -> httpx.Response:
        content = None if body is None else orjson.dumps(body)
        seconds = self._seconds(deadline, timeout)
        try:
            return self._client.request(
                method,
                path,
                content=content,
                headers={"Content-Type": "application/json"} if content else None,
                extensions={"trace": self._trace},
                timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
            )
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            failure = Failure(FailureKind.TIMEOUT, f"No answer from {self.base_url} in {seconds:.0f} s.")
            if deadline is not None and time.time() >= deadline:
                raise Failed(failure.kind, failure.detail) from error
            raise Away(failure.detail, slow=True, failure=failure) from error
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
            said = f"{self.base_url} broke off the connection ({error})."
            raise Away(said, gone=True, broken=not self._hung_up) from error
        except httpx.TransportError as error:
            raise Away(f"{self.base_url} cannot be reached ({error}).", gone=True) from error

    def _trace(self, event: str, details: dict[str, Any]) -> None:
        """Remember the sockets of connections, so that `hang_up` can wake who waits on one."""
        if event == "connection.connect_tcp.complete":
            self._sockets.add(details["return_value"].get_extra_info("socket"))

    def _seconds(self, deadline: float | None, timeout: float | None) -> float:
        seconds = self._timeout if timeout is None else min(timeout, self._timeout)
        if deadline is None:
            return seconds
        left = deadline - time.time()
        if left <= 0:
            raise Failed(FailureKind.TIMEOUT, "The deadline passed before the model answered.")
        return min(seconds, left)

    def _read(self, response: httpx.Response) -> Any:
        if response.status_code != httpx.codes.OK:
            self._refuse(response)
        try:
            return json.loads(response.content)
        except ValueError as error:
            raise Failed(FailureKind.BAD_REPLY, f"The reply is not JSON: {_excerpt(response)}") from error

    def _refuse(self, response: httpx.Response) -> None:
        status, said = response.status_code, _excerpt(response)
        if status in (401, 403):
            message = f"{self.base_url} refused the API key ({status}). Correct the judge's key."
            raise errors.Unavailable(message, code="engine_key_refused")
        if status in (404, 405, 501):
            raise Missing(said)
        if status in (429, 502, 503, 504):
            busy = f"{self.base_url} is busy ({status}): {said}"
            raise Away(busy, limited=status == httpx.codes.TOO_MANY_REQUESTS, retry_after=_retry_after(response))
        if status >= 500:
            failure = Failure(FailureKind.BAD_REPLY, f"The server failed ({status}): {said}")
            raise Away(f"{self.base_url} failed ({status}): {said}", failure=failure)
        if any(words in said.lower() for words in _TOO_LONG):
            raise Failed(FailureKind.TOO_LONG, f"The server found the prompt too long: {said}")
        if status >= 400:
            raise Failed(FailureKind.REFUSED, f"The server refused the question ({status}): {said}")
        raise Failed(FailureKind.BAD_REPLY, f"The server answered with status {status}: {said}")


def _stated(said: dict[str, Any]) -> str:
    """The model's name and the build and settings behind it, as far as an OpenAI-compatible server states them."""
    return f"{said.get('model') or ''} {said.get('system_fingerprint') or ''}".strip()[:_STATED]


def root_of(base_url: str) -> str:
    """Return a server's root address, whether or not it was given with the /v1 of OpenAI's API."""
    return base_url.strip().rstrip("/").removesuffix("/v1").rstrip("/")


def _excerpt(response: httpx.Response) -> str:
    text = " ".join(response.text.split())
    try:
        said = json.loads(text)
        error = said.get("error", said.get("message", text)) if isinstance(said, dict) else text
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    except ValueError:
        pass  # plain text says it as well
    return text[:300] or "(empty)"


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("Retry-After", "")
    try:
        seconds = float(value)
    except ValueError:
        when = email.utils.parsedate_to_datetime(value) if _is_date(value) else None
        seconds = when.timestamp() - time.time() if when else 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _is_date(value: str) -> bool:
    return email.utils.parsedate_tz(value) is not None

"""Calls as steps: the logic yields what to send or how long to sleep; two small drivers do it, sync and async."""

from __future__ import annotations

import asyncio
import email.utils
import random
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from rubricstudio_client.errors import Unavailable, refused

BUSY = frozenset({429, 502, 503, 504})
SPREAD = 1.2
Result = TypeVar("Result")


@dataclass(frozen=True)
class Send:
    """One HTTP request; every one of them may be sent twice without harm."""

    method: str
    path: str
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    patience: float = 0.0

    def arguments(self, timeout: float) -> dict[str, Any]:
        """What httpx takes; the server may hold the call for `patience` seconds."""
        given: dict[str, Any] = {"headers": dict(self.headers), "params": dict(self.params)}
        if self.json is not None:
            given["json"] = self.json
        return {**given, "timeout": httpx.Timeout(timeout, read=timeout + self.patience)}


@dataclass(frozen=True)
class Sleep:
    """A pause."""

    seconds: float


Step = Send | Sleep
Steps = Generator[Step, Any, Result]


@dataclass(frozen=True)
class Retry:
    """How often and how long: pauses double, with jitter, and are never shorter than Retry-After."""

    tries: int = 6
    first: float = 0.5
    longest: float = 30.0

    def pause(self, attempt: int) -> float:
        """Seconds before the next try."""
        whole: float = min(self.longest, self.first * 2.0 ** min(attempt - 1, 30))
        return whole * random.uniform(0.5, 1.0)


def answered(send: Send, retry: Retry, until: float | None = None) -> Steps[httpx.Response]:
    """Send until there is an answer below 400; other answers raise, busy ones after all tries.

    A 429 that says when to come back is no failed try where there is a deadline: it is obeyed until then.
    """
    attempt, failed = 0, 0
    while True:
        attempt += 1
        asked = 0.0
        try:
            response: httpx.Response = yield send
        except httpx.TransportError as away:
            failed += 1
            last = Unavailable(f"The studio cannot be reached: {str(away) or type(away).__name__}")
            last.__cause__ = away
        else:
            if response.status_code < 400:
                return response
            problem = refused(response)
            running = response.status_code == 409 and problem.code == "idempotency_in_progress"
            if response.status_code not in BUSY and not running:
                raise problem
            asked = retry_after(response)
            failed += not (response.status_code == 429 and asked and until is not None)
            last = Unavailable(f"The studio is busy: {problem}", retry_after=asked)
            last.__cause__ = problem
        pause = max(retry.pause(attempt), asked * random.uniform(1.0, SPREAD))
        if failed >= retry.tries or (until is not None and time.monotonic() + pause > until):
            raise last
        yield Sleep(pause)


def retry_after(response: httpx.Response) -> float:
    """Seconds that the server asks to wait: a number or a date."""
    given = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(given).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0


def drive(steps: Steps[Result], client: httpx.Client, timeout: float) -> Result:
    """Do the steps, waiting in this thread."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, Sleep):
                time.sleep(step.seconds)
                step = steps.send(None)
                continue
            try:
                response = client.request(step.method, step.path, **step.arguments(timeout))
            except httpx.TransportError as away:
                step = steps.throw(away)
            else:
                step = steps.send(response)
    except StopIteration as done:
        result: Result = done.value
        return result


async def adrive(steps: Steps[Result], client: httpx.AsyncClient, timeout: float) -> Result:  # noqa: ASYNC109
    """Do the steps without blocking the event loop."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, Sleep):
                await asyncio.sleep(step.seconds)
                step = steps.send(None)
                continue
            try:
                response = await client.request(step.method, step.path, **step.arguments(timeout))
            except httpx.TransportError as away:
                step = steps.throw(away)
            else:
                step = steps.send(response)
    except StopIteration as done:
        result: Result = done.value
        return result

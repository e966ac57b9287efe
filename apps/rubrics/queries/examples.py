"""Examples of criteria run through their checks: code in the sandbox, everything within one allowance of time."""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from apps.core import gateway
from domain import checks, errors, ports

SECONDS = 4.0
"""How long all examples of one page may take together; what is found is kept, so that the next page goes on."""
PATIENCE = 1.0
MOST_KEPT = 5_000
DOUBT_SECONDS = 600.0
"""How long an abstention is kept: a machine that was busy may have stopped what would have ended in time."""
_kept: OrderedDict[str, tuple[checks.CheckResult, float]] = OrderedDict()
_lock = threading.Lock()


class ExampleTrial:
    """Runs checks on examples until its time is used up; keeps the shape of `lint.Trial`."""

    def __init__(self, reference: str = "", seconds: float = SECONDS) -> None:
        self._reference, self._left = reference or None, seconds
        self._passed_over: set[str] = set()

    def __call__(self, spec: Mapping[str, Any], text: str) -> checks.CheckResult | None:
        """What the check says of an example; None where there is no time left for it or no place in the sandbox."""
        key = self._key(spec, text)
        known = _recall(key)
        if known is not None:
            return known
        if self._left <= 0 or key in self._passed_over:
            return None
        begun = time.monotonic()
        try:
            found = checks.evaluate(spec, checks.Given(text, self._reference, None, _Hastened(self._left)))
        except errors.Unavailable:
            self._passed_over.add(key)
            return None
        finally:
            self._left -= time.monotonic() - begun
        _keep(key, found)
        return found

    def _key(self, spec: Mapping[str, Any], text: str) -> str:
        said = json.dumps([dict(spec), text, self._reference], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


class _Hastened:
    """The sandbox for so many seconds: what would need more is given up, which says nothing about the check."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def run(self, task: str, request: Mapping[str, Any], /, *, seconds: float) -> ports.SandboxReply:
        """Do a task in the time that is left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise _TimeUsedUp
        reply = gateway.sandbox_here(patience=PATIENCE).run(task, request, seconds=min(seconds, left))
        if reply.fault is ports.SandboxFault.TIME and left < seconds:
            raise _TimeUsedUp
        return reply


class _TimeUsedUp(errors.Unavailable):
    """The allowance of a page ended before the check did."""

    default_code = "examples_too_slow"

    def __init__(self) -> None:
        super().__init__("The examples take too long to be tried together.")


def _recall(key: str) -> checks.CheckResult | None:
    with _lock:
        found, until = _kept.get(key, (None, 0.0))
        if found is not None and time.monotonic() < until:
            _kept.move_to_end(key)
            return found
        return None


def _keep(key: str, found: checks.CheckResult) -> None:
    lasts = DOUBT_SECONDS if found.result is checks.Outcome.ABSTAIN else float("inf")
    with _lock:
        _kept[key] = (found, time.monotonic() + lasts)
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)

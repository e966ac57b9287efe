"""Inside a child: Python that users and models wrote, run by an interpreter made for that (Monty, a subset of Python).

Its own worker process is started once, before the child is sealed; when it dies the child is of no more use, which
`Gone` tells. Clock, randomness and sleep are fixed, so that the same code on the same answer says the same for ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pydantic_monty as monty

MAX_PRINTED = 2_000
MAX_SAID = 2_000
_CLOCK = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_pool: monty.Monty | None = None


CodeError = (monty.MontyRuntimeError, monty.MontySyntaxError, monty.MontyTypingError, monty.MontyConversionError)


class Gone(Exception):
    """The interpreter's process died under what it ran."""

    def __init__(self) -> None:
        super().__init__("The interpreter's process ended under this code.")


class Printed:
    """Keeps the beginning of what a program prints, and lets the rest go by."""

    def __init__(self) -> None:
        self.text = ""

    def __call__(self, _stream: Literal["stdout", "stderr"], text: str) -> None:
        """Take a piece of output."""
        if len(self.text) < MAX_PRINTED:
            self.text = (self.text + text)[:MAX_PRINTED]


def warm(_cache: str) -> None:
    """Start the interpreter's worker, before nothing can be started any more."""
    global _pool  # noqa: PLW0603 - one a process
    _pool = monty.Monty(min_processes=1, max_processes=1, checkout_timeout=5)
    _pool.__enter__()
    with session(seconds=1, memory=16_000_000) as first:
        first.feed_run("1 + 1")


@contextmanager
def session(*, seconds: float, memory: int) -> Iterator[monty.MontySession]:
    """Yield a fresh interpreter with its limits; `seconds` hold for each piece of code it is fed."""
    if _pool is None:
        raise Gone
    limits: monty.ResourceLimits = {
        "max_feed_duration_secs": seconds,
        "max_memory": memory,
        "max_recursion_depth": 500,
        "max_suspensions": 100,
        "max_total_sleep_secs": 0.0,
    }
    policy: monty.OSPolicy = {"datetime": _CLOCK, "timezone": "utc", "sleep": "zero", "random_start": {"seed": 0}}
    try:
        with _pool.checkout(limits=limits, os_policy=policy, script_name="code.py") as opened:
            yield opened
    except (monty.MontyCrashedError, monty.MontyDisconnectError, TimeoutError, RuntimeError) as error:
        raise Gone from error


def predicate(request: dict[str, Any]) -> dict[str, Any]:
    """Call `check(response, reference, prompt)` of the author's code; tell what it returned or why it did not."""
    printed = Printed()
    given = {name: clean(request.get(name)) for name in ("response", "reference", "prompt")}
    with session(seconds=request["seconds"], memory=request["memory"]) as opened:
        try:
            opened.feed_run(clean(request["code"]) or "", print_callback=printed)
            names = ("response", "reference", "prompt")[: request["takes"]]
            returned = opened.feed_run(f"check({', '.join(names)})", inputs=given, print_callback=printed)
        except CodeError as error:
            return {"error": said(error), "printed": printed.text}
    return _returned(returned) | {"printed": printed.text}


def _returned(returned: object) -> dict[str, Any]:
    """Read True, False or None, alone or with a text beside it."""
    value, words = returned if isinstance(returned, tuple) and len(returned) == 2 else (returned, "")
    if not isinstance(words, str) or not (value is None or isinstance(value, bool)):
        shown = repr(returned)[:200]
        wanted = "True, False or None, or one of them and a text"
        return {"error": {"type": "TypeError", "message": f"check returned {shown}; wanted is {wanted}.", "line": None}}
    return {"value": value, "evidence": words[:MAX_SAID]}


def said(error: monty.MontyError) -> dict[str, Any]:
    """Return an error of the code as data: its kind, its words, the line it happened in."""
    line: int | None = None
    if isinstance(error, (monty.MontyRuntimeError, monty.MontySyntaxError)):
        kind, _, message = error.display("type-msg").partition(": ")
        frames = error.traceback()
        line = frames[-1].line if frames else None
    else:
        kind, message = type(error).__name__, str(error)
    return {"type": kind[:100], "message": message[:MAX_SAID], "line": line}


def clean(text: object) -> str | None:
    """Return text that can be encoded: lone surrogates become question marks."""
    return None if text is None else str(text).encode("utf-8", "replace").decode("utf-8")

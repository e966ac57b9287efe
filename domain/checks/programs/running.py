"""How a check asks the sandbox, and what it says where no answer came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

from domain.checks.result import CheckResult, Given, abstain
from domain.ports import SandboxFault

SECONDS, MEMORY_MB = 1.0, 64
GRACE = 1.5
"""Seconds that the sandbox's own clock gets on top, before the process is ended from outside."""
HELD = (
    "Runs in a process of its own without files, network or other processes. "
    "Clock, sleep and randomness are fixed: the same answer is always decided in the same way."
)

Seconds = Annotated[float, pydantic.Field(ge=0.05, le=5.0, allow_inf_nan=False)]
Megabytes = Annotated[int, pydantic.Field(strict=True, ge=8, le=256)]


def ask(given: Given, task: str, request: Mapping[str, Any], seconds: float) -> Mapping[str, Any] | CheckResult:
    """The answer of the sandbox, or the abstention that says why there is none."""
    if given.sandbox is None:
        return abstain("This check runs code, and there is no sandbox here.")
    reply = given.sandbox.run(task, request, seconds=seconds + GRACE)
    if reply.answer is not None:
        return reply.answer
    why = {
        SandboxFault.TIME: f"it ran longer than {seconds:g} s",
        SandboxFault.MEMORY: "it used up its memory",
        SandboxFault.SIZE: "what it was given or gave back is too long",
        SandboxFault.CRASH: reply.detail or "its process ended",
    }
    return abstain(f"The sandbox stopped this code: {why[reply.fault or SandboxFault.CRASH].rstrip('.')}.")


def sentence(error: Mapping[str, Any]) -> str:
    """An error of the code as a sentence, with its line."""
    at = f"Line {error['line']}: " if error.get("line") else ""
    message = f": {error['message']}" if error.get("message") else ""
    return f"{at}{error['type']}{message}".rstrip(".") + "."

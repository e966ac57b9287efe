"""The program of a child: give up rights, load, then answer one request after another until told no more."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

from engines.sandbox import isolation, tasks, wire


def main(family_name: str, parent: int, cache: str) -> None:
    """Serve the socket on descriptor 0 until the other side closes it."""
    connection = socket.socket(fileno=os.dup(0))
    isolation.die_with(parent)
    family = tasks.Family(family_name)
    try:
        held, calls = _prepared(family, cache, parent)
    except BaseException as error:
        failed = f"{type(error).__name__}: {error}"[:500]
        wire.send(connection, wire.encode({"failed": failed}, wire.MAX_REPLY), None)
        raise
    wire.send(connection, wire.encode({"held": held}, wire.MAX_REPLY), None)
    while True:
        try:
            message = wire.receive(connection, wire.MAX_REQUEST, None)
        except wire.Closed:
            return
        wire.send(connection, _reply(calls, message), None)


def _prepared(family: tasks.Family, cache: str, parent: int) -> tuple[dict[str, str], dict[str, Any]]:
    """Give up rights and load; return what isolation holds and what can be asked."""
    about = tasks.FAMILIES[family]
    if about.prepare:
        tasks.load(about.prepare)(cache)
    held = isolation.confine(about.memory, cache if about.prepare else "")
    isolation.watch(parent)
    # Deep input ends in an error of Python, long before the stack does.
    sys.setrecursionlimit(1000)
    tasks.load(about.warm)(cache)
    calls = {name: tasks.load(task.call) for name, task in tasks.TASKS.items() if task.family is family}
    return held | isolation.seal(), calls


def _reply(calls: dict[str, Any], message: dict[str, Any]) -> bytes:
    """Do one task; whatever goes wrong is told, and the caller decides whether this child goes on."""
    try:
        answer = calls[str(message["task"])](message["request"])
        return wire.encode({"answer": answer}, wire.MAX_REPLY)
    except wire.TooLarge:
        return wire.encode({"fault": "size", "detail": "The answer of the sandbox was too long."}, wire.MAX_REPLY)
    except MemoryError:
        return wire.encode({"fault": "memory", "detail": "The memory was used up."}, wire.MAX_REPLY)
    except RecursionError:
        return wire.encode({"fault": "crash", "detail": "The input was nested too deeply."}, wire.MAX_REPLY)
    except Exception as error:  # noqa: BLE001 - a fault of one task must not be told as a crash of its process
        said = (str(error) or type(error).__name__)[:500]
        return wire.encode({"fault": "crash", "detail": said}, wire.MAX_REPLY)

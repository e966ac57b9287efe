"""What the sandbox of this process can do and what it has given up, tried on the spot, for a page and a command."""

import time
from dataclasses import dataclass, field

from django.conf import settings

from apps.core import gateway
from domain import errors

PATIENCE = 5.0
MEANS = {
    "limits": "Memory, processor time and the files that can be written are limited.",
    "network": "It has a network space of its own, with nothing in it.",
    "rights": "It has no capabilities, and no way to new ones.",
    "files": "Only Python and the code it runs can be read.",
    "calls": "It has no sockets, and reaches no other process.",
    "programs": "Once it runs it can start no other program.",
}
_ASKED = {
    "code": "def check(response):\n    return response == 'asked'",
    "takes": 1,
    "response": "asked",
    "seconds": 1.0,
    "memory": 64 * 1024 * 1024,
}


@dataclass(frozen=True)
class Means:
    """One means of isolation; `why` says why it does not hold, '' where it does."""

    name: str
    does: str
    why: str


@dataclass(frozen=True)
class Examined:
    """What was found; `problem` says why there is no sandbox here."""

    processes: int
    problem: str = ""
    answered: bool = False
    ms: float = 0.0
    means: list[Means] = field(default_factory=list)


def examine() -> Examined:
    """Start a process where none runs, ask it something twice, and time the second answer."""
    processes = settings.STUDIO_SANDBOX_PROCESSES
    opened = gateway.sandbox_here(patience=PATIENCE)
    try:
        opened.run("python_predicate", _ASKED, seconds=5)
        begun = time.perf_counter()
        answer = opened.run("python_predicate", _ASKED, seconds=5).answer
    except errors.Unavailable as error:
        return Examined(processes, error.message)
    took = (time.perf_counter() - begun) * 1000
    means = [Means(name, MEANS.get(name, ""), why) for name, why in gateway.sandbox_held().items()]
    return Examined(processes, "", answer is not None and answer.get("value") is True, round(took, 1), means)

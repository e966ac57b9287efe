"""What must hold before a version is approved; upper apps add their gates at start."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.rubrics.models import RubricVersion


@dataclass(frozen=True)
class GateState:
    """Whether one gate is met, with a sentence that says what is missing or what was found."""

    name: str
    met: bool
    sentence: str


Gate = Callable[[RubricVersion], GateState]
_GATES: dict[str, Gate] = {}


def register(name: str, gate: Gate) -> None:
    """Add or replace a gate by its name."""
    _GATES[name] = gate


def states(version: RubricVersion) -> list[GateState]:
    """The state of every gate for a version, in the order of registration."""
    return [gate(version) for gate in _GATES.values()]

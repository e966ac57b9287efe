"""What must hold before a version is approved; upper apps add their gates at start."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.rubrics.models import RubricVersion


@dataclass(frozen=True)
class GateState:
    """Whether one gate is met, with a sentence that says what is missing or what was found, and where to go for it."""

    name: str
    met: bool
    sentence: str
    url: str = ""
    action: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


Gate = Callable[[RubricVersion], GateState | None]
_GATES: dict[str, Gate] = {}


def register(name: str, gate: Gate) -> None:
    """Add or replace a gate by its name; it answers None where the workspace's policy does not ask for it."""
    _GATES[name] = gate


def states(version: RubricVersion) -> list[GateState]:
    """The state of every gate that applies to a version, in the order of registration."""
    return [state for gate in _GATES.values() if (state := gate(version)) is not None]

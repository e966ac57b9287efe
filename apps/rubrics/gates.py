"""What must hold before a version is approved; upper apps add their gates at start."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from apps.rubrics.models import RubricVersion


@dataclass(frozen=True)
class GateState:
    """Whether one gate is met, with a sentence that says what is missing or what was found, and where to go for it.

    `approvers` is how many people it asks for; only gates registered as asking for people may ask for more than one.
    """

    name: str
    met: bool
    sentence: str
    url: str = ""
    action: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    approvers: int = 1

    @property
    def heading(self) -> str:
        """What the gate is called on screen."""
        return self.title or self.name.replace("_", " ").capitalize()

    def told(self) -> dict[str, Any]:
        """The gate as a refusal names it to a client."""
        return {"name": self.name, "title": self.heading, "sentence": self.sentence, "url": self.url or None}


Gate = Callable[[RubricVersion], GateState | None]
_GATES: dict[str, tuple[Gate, str]] = {}
_ASKING: set[str] = set()


def register(name: str, gate: Gate, title: str = "", *, asks_people: bool = False) -> None:
    """Add or replace a gate by its name; it answers None where the workspace's policy does not ask for it."""
    _GATES[name] = (gate, title)
    (_ASKING.add if asks_people else _ASKING.discard)(name)


def states(version: RubricVersion) -> list[GateState]:
    """The state of every gate that applies to a version, in the order of registration."""
    return _states(version, list(_GATES))


def asking(version: RubricVersion) -> list[GateState]:
    """The states of those gates alone that may ask for more people."""
    return _states(version, [name for name in _GATES if name in _ASKING])


def _states(version: RubricVersion, names: list[str]) -> list[GateState]:
    asked = [(gate(version), title) for gate, title in (_GATES[name] for name in names)]
    return [replace(state, title=state.title or title) for state, title in asked if state is not None]

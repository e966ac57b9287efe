"""The main navigation as a registry that the apps fill at start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

Counter = Callable[[Any], tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """Somewhere to go: `counter(actor)` gives a small figure and what it means."""

    name: str
    url_name: str
    order: int
    minimum_role: str = "viewer"
    counter: Counter | None = None

    def url(self, workspace: str) -> str:
        """The address in a workspace."""
        return reverse(self.url_name, args=[workspace])


_PLACES: dict[str, Place] = {}
_LENT: dict[str, str] = {}


def register(place: Place) -> None:
    """Add or replace a place by its name."""
    _PLACES[place.name] = place


def lend(place: str, *url_names: str) -> None:
    """Say that pages belong to the place of another app, whatever their address begins with."""
    _LENT.update(dict.fromkeys(url_names, place))


def lent(url_name: str) -> str | None:
    """The place that a page was lent to, or nothing."""
    return _LENT.get(url_name)


def places() -> list[Place]:
    """All places, in order."""
    return sorted(_PLACES.values(), key=lambda place: place.order)

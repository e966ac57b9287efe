"""What every page knows: who is here, in which workspace, where they can go."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from apps.accounts import queries
from apps.accounts.permissions import Actor, Role
from apps.core import navigation


@dataclass(frozen=True)
class NavItem:
    """An entry of the main navigation."""

    label: str
    url: str
    active: bool
    count: str
    hint: str


def studio(request: HttpRequest) -> dict[str, Any]:
    """The context of base.html."""
    actor: Actor | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    theme = request.COOKIES.get("theme") or (user.theme if signed_in and user else "auto")
    return {
        "actor": actor,
        "workspace": actor.workspace if actor else None,
        "workspaces": queries.workspaces_of(user) if signed_in and user else [],
        "nav": _nav(request, actor) if actor else [],
        "theme": theme if theme in {"light", "dark", "auto"} else "auto",
    }


def _nav(request: HttpRequest, actor: Actor) -> list[NavItem]:
    items = []
    for place in navigation.places():
        if not actor.can(Role(place.minimum_role)):
            continue
        url = place.url(actor.workspace.slug)
        count, hint = place.counter(actor) if place.counter else ("", "")
        active = request.path == url or (place.name != "Home" and request.path.startswith(url))
        items.append(NavItem(place.name, url, active, count, hint))
    return items

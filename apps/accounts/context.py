"""What every page knows: who is here, in which workspace, where they can go."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest

from apps.accounts import queries
from apps.accounts.models import User
from apps.accounts.permissions import Actor, Role
from apps.accounts.services import people
from apps.core import htmx, navigation


@dataclass(frozen=True)
class NavItem:
    """An entry of the main navigation."""

    label: str
    url: str
    active: bool
    count: str
    hint: str


def studio(request: HttpRequest) -> dict[str, Any]:
    """The context of base.html; what costs a query is asked for only by pages that show it."""
    actor: Actor | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    person = user if isinstance(user, User) else None
    return {
        "actor": actor,
        "only_main": htmx.is_only_main(request),
        "workspace": actor.workspace if actor else None,
        "workspaces": cache(lambda: queries.workspaces_of(person) if person else []),
        "nav": cache(lambda: _nav(request, actor) if actor else []),
        "theme": _theme(request, person),
        "own_keys": json.dumps(person.keys) if person and person.keys else "",
    }


def _theme(request: HttpRequest, person: User | None) -> str:
    wanted = request.COOKIES.get("theme") or (person.theme if person else "auto")
    return wanted if wanted in people.THEMES else "auto"


def _nav(request: HttpRequest, actor: Actor) -> list[NavItem]:
    items = []
    lent = navigation.lent(request.resolver_match.view_name) if request.resolver_match else None
    for place in navigation.places():
        if not actor.can(Role(place.minimum_role)):
            continue
        url = place.url(actor.workspace.slug)
        count, hint = place.counter(actor) if place.counter else ("", "")
        below = request.path == url or (place.name != "Home" and request.path.startswith(url))
        active = place.name == lent if lent else below
        items.append(NavItem(place.name, url, active, count, hint))
    return items

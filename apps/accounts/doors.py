"""Doors of workspace pages: who comes in by which URL."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.accounts import queries
from apps.accounts.models import User
from apps.accounts.permissions import Actor, Role


class StudioRequest(HttpRequest):
    """A request that came through a workspace door."""

    user: User  # type: ignore[assignment]
    actor: Actor


View = Callable[Concatenate[StudioRequest, ...], HttpResponseBase]


def require_role(role: Role, what: str = "see this page") -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Resolve `<slug:workspace>` of the URL to the person's membership; strangers find nothing here."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = queries.actor_for(cast("User", request.user), workspace)
            actor.require(role, what)
            inside = cast("StudioRequest", request)
            inside.actor = actor
            return view(inside, *args, **kwargs)

        return guarded

    return decorate

"""Doors of workspace pages: who comes in by which URL."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from apps.accounts import queries
from apps.accounts.models import User
from apps.accounts.permissions import Actor, Role

LAST_WORKSPACE = "workspace"


class StudioRequest(HttpRequest):
    """A request that came through a workspace door."""

    user: User
    actor: Actor


View = Callable[Concatenate[StudioRequest, ...], HttpResponseBase]


def require_role(role: Role, what: str = "see this page") -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Resolve `<slug:workspace>` of the URL to the person's membership; strangers find nothing here."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = cast("User", request.user)
            actor = queries.actor_for(user, workspace)
            if user.must_change_password:
                return redirect("accounts:password")
            inside = enter(request, actor)
            actor.require(role, what)
            return view(inside, *args, **kwargs)

        return guarded

    return decorate


def enter(request: HttpRequest, actor: Actor) -> StudioRequest:
    """Put the actor on the request and remember the workspace for the next sign-in and for pages outside of any."""
    inside = cast("StudioRequest", request)
    inside.actor = actor
    if request.session.get(LAST_WORKSPACE) != actor.workspace.slug:
        request.session[LAST_WORKSPACE] = actor.workspace.slug
    return inside


def landing(request: HttpRequest) -> Actor | None:
    """The signed-in person in the workspace they were in last; None where they belong to none."""
    user = cast("User", request.user)
    actor = queries.landing_actor(user, request.session.get(LAST_WORKSPACE, ""))
    if actor is not None:
        enter(request, actor)
    return actor

"""Home, and the address that leads there."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.accounts import queries as people
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.models import User
from apps.accounts.permissions import Role
from apps.home import queries


def start(request: HttpRequest) -> HttpResponse:
    """Lead a person who signed in to their workspace."""
    found = people.workspaces_of(cast("User", request.user))
    if not found:
        return render(request, "home/no_workspace.html")
    last = request.session.get("workspace")
    chosen = next((workspace for workspace in found if workspace.slug == last), found[0])
    return redirect("home:home", chosen.slug)


@require_role(Role.VIEWER)
def home(request: StudioRequest) -> HttpResponse:
    """What waits for me."""
    request.session["workspace"] = request.actor.workspace.slug
    return render(request, "home/home.html", {"page": queries.home(request.actor)})

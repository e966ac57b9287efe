"""Home, and the address that leads there."""

from dataclasses import asdict
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import queries as people
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.models import User
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.home import queries
from apps.jobs import queries as job_queries
from apps.jobs import services as jobs
from domain import errors

STEERING = {"pause": jobs.pause, "resume": jobs.resume, "cancel": jobs.cancel, "retry": jobs.retry}


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


@require_GET
@require_role(Role.VIEWER)
def find(request: StudioRequest) -> JsonResponse:
    """Where the words lead, for the palette: pages, rubrics, data sets, runs."""
    found = queries.find(request.actor, request.GET.get("q", ""))
    return JsonResponse({"results": [asdict(one) for one in found]})


@require_GET
@require_role(Role.VIEWER)
def job_list(request: StudioRequest) -> HttpResponse:
    """All background work of the workspace: what runs, what waits and why."""
    rows = job_queries.overview(job_queries.recent(request.actor)[:40])
    live, may_steer = any(row.job.is_open for row in rows), request.actor.can(Role.AUTHOR)
    context = {"rows": rows, "live": live, "may_steer": may_steer}
    return htmx.page_or_fragment(request, "home/job_list.html", "home/_job_table.html", context)


@require_POST
@require_role(Role.AUTHOR, "steer background work")
def job_steer(request: StudioRequest, job_id: str, verb: str) -> HttpResponse:
    """Pause, resume, cancel or retry."""
    if verb not in STEERING:
        raise errors.NotFound("There is no such action.")
    job = STEERING[verb](by=request.actor, job=job_queries.get_job(request.actor, job_id))
    messages.success(request, f"{job.title}: {job.get_state_display()}.")
    return redirect("home:jobs", request.actor.workspace.slug)

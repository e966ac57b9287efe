"""Register, see and close training runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import queries as judge_queries
from apps.training import bodies, pages, permissions, queries, services
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, "register training runs")
def run_create(request: StudioRequest) -> HttpResponse:
    """Pin a release or a version, and a judge."""
    error: errors.StudioError | None = None
    if request.method == "POST":
        try:
            given = {"name": request.POST.get("name", "").strip(), "judge": request.POST.get("judge") or None}
            pinned = request.POST.get("pin", "")
            kind = "release" if pinned.startswith("release:") else "rubric"
            body = bodies.read(bodies.TrainingRunBody, given | {kind: pinned.removeprefix("release:") or None})
            run = services.register_training_run(by=request.actor, body=body)
        except (errors.Invalid, errors.Conflict, errors.NotFound) as refused:
            error = refused
        else:
            return redirect("training:run", request.actor.workspace.slug, run.pk)
    context = {
        "releases": [found for found in queries.releases(request.actor) if queries.deprecation_of(found) is None],
        "versions": pages.approved_versions(request.actor),
        "judges": judge_queries.judge_choices(request.actor),
        "error": error,
        "typed": request.POST,
    }
    return render(request, "training/run_create.html", context, status=422 if error else 200)


@require_GET
@require_role(Role.VIEWER)
def run_detail(request: StudioRequest, run_id: str) -> HttpResponse:
    """What it is pinned to, its curves, its rewards."""
    run = queries.get_training_run(request.actor, run_id)
    context = {
        "run": run,
        "pin": queries.current_pin(run),
        "pins": run.pins.count(),
        "curves": pages.curves(run),
        "steps": pages.reward_curve(run),
        "requests": queries.requests_of(run)[:50],
        "alarms": run.alarms.filter(closed_at=None),
        "may_train": permissions.may_train(request.actor),
        "base_url": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "training/run_detail.html", context)


@require_POST
@require_role(Role.AUTHOR, "close training runs")
def run_close(request: StudioRequest, run_id: str) -> HttpResponse:
    """No more rewards under it."""
    run = services.close_training_run(by=request.actor, run=queries.get_training_run(request.actor, run_id))
    messages.success(request, f"{run.name} is closed.")
    return redirect("training:run", request.actor.workspace.slug, run.pk)

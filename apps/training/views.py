"""Releases, training runs and the rewards they got."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import queries as judge_queries
from apps.rubrics import queries as rubric_queries
from apps.training import bodies, forms, pages, permissions, queries, services
from apps.training.models import Release
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def overview(request: StudioRequest) -> HttpResponse:
    """Releases and training runs."""
    context = {
        "releases": queries.releases(request.actor)[:50],
        "runs": queries.training_runs(request.actor)[:50],
        "may_release": permissions.may_release(request.actor),
        "may_train": permissions.may_train(request.actor),
    }
    return render(request, "training/overview.html", context)


@require_http_methods(["GET", "POST"])
@require_role(Role.APPROVER, "make releases")
def release_create(request: StudioRequest) -> HttpResponse:
    """Choose approved versions, name them, freeze them."""
    error: errors.StudioError | None = None
    if request.method == "POST":
        try:
            release = _create_release(request)
        except (errors.Invalid, errors.Conflict) as refused:
            error = refused
        else:
            messages.success(request, f"{release} is released. Its digest is what a training job pins.")
            return redirect("training:release", request.actor.workspace.slug, release.name)
    context = {
        "versions": pages.approved_versions(request.actor),
        "sets": pages.approved_sets(request.actor),
        "error": error,
        "typed": request.POST,
        "chosen": request.POST.getlist("rubrics"),
    }
    return render(request, "training/release_create.html", context, status=422 if error else 200)


def _create_release(request: StudioRequest) -> Release:
    given = {"name": request.POST.get("name", "").strip(), "notes": request.POST.get("notes", "")}
    body = bodies.read(bodies.ReleaseBody, given | {"rubrics": request.POST.getlist("rubrics")})
    versions = [found for ref in body.rubrics if (found := rubric_queries.resolve(request.actor, ref).general)]
    ref = request.POST.get("rubric_set", "")
    set_version = rubric_queries.resolve(request.actor, ref).set_version if ref else None
    return services.create_release(
        by=request.actor, name=body.name, versions=versions, set_version=set_version, notes=body.notes
    )


@require_GET
@require_role(Role.VIEWER)
def release_detail(request: StudioRequest, name: str) -> HttpResponse:
    """The manifest, who pinned it, and how to pull it."""
    release = queries.get_release(request.actor, name)
    entries = release.entries.select_related("version__rubric")
    context = {
        "release": release,
        "page": Paginator(entries, 100).get_page(request.GET.get("page")),
        "deprecation": queries.deprecation_of(release),
        "pins": release.pins.select_related("training_run")[:20],
        "pulls": queries.pulls(request.actor, "release", release.name),
        "may_release": permissions.may_release(request.actor),
        "may_train": permissions.may_train(request.actor),
        "base_url": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "training/release_detail.html", context)


@require_POST
@require_role(Role.APPROVER, "deprecate releases")
def release_deprecate(request: StudioRequest, name: str) -> HttpResponse:
    """Say why it should no longer be pinned."""
    release = queries.get_release(request.actor, name)
    services.deprecate(by=request.actor, release=release, reason=request.POST.get("reason", ""))
    messages.success(request, "Deprecated. Runs that are pinned to it go on; new ones are refused.")
    return redirect("training:release", request.actor.workspace.slug, name)


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


@require_GET
@require_role(Role.VIEWER)
def request_detail(request: StudioRequest, request_id: str) -> HttpResponse:
    """The rewards of one request, as REST served them, each leading to its verdicts."""
    found = queries.get_request(request.actor, request_id)
    answer, rows = pages.reward_rows(found)
    context = {"found": found, "answer": answer, "rows": rows}
    if found.shape == "steps":
        form = forms.StepwiseForm.asked(request.GET, queries.way_of(found))
        context |= pages.steps(found, answer, form)
    status = 422 if "form" in context and form.errors else 200
    return render(request, "training/request_detail.html", context, status=status)

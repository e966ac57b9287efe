"""Make, see and deprecate releases."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import queries as rubric_queries
from apps.training import bodies, pages, permissions, queries, services
from apps.training.models import Release
from domain import errors


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
        "pulls": pages.pulls(queries.pulls(request.actor, "release", release.name)[:20]),
        "others": [other for other in queries.releases(request.actor)[:200] if other.pk != release.pk],
        "may_release": permissions.may_release(request.actor),
        "may_train": permissions.may_train(request.actor),
        "base_url": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "training/release_detail.html", context)


@require_GET
@require_role(Role.VIEWER)
def release_diff(request: StudioRequest, name: str) -> HttpResponse:
    """What changed since another release."""
    release = queries.get_release(request.actor, name)
    old = queries.get_release(request.actor, request.GET.get("from", ""))
    diff = queries.release_diff(old, release)
    context = {"release": release, "old": old, "diff": diff, "page": pages.diff_rows(diff, request.GET.get("page"))}
    return render(request, "training/release_diff.html", context)


@require_GET
@require_role(Role.VIEWER)
def pull_list(request: StudioRequest) -> HttpResponse:
    """Who pulled releases and rewards, and when."""
    kind = request.GET.get("kind", "")
    if kind not in {"", "release", "rewards"}:
        raise errors.Invalid("Pulls are of a release or of rewards.", problems=[errors.Problem("/kind", "is unknown")])
    page = Paginator(queries.pulls(request.actor, kind), 100).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pulls": pages.pulls(page.object_list),
        "kind": kind,
        "kind_query": f"kind={kind}" if kind else "",
    }
    return render(request, "training/pull_list.html", context)


@require_POST
@require_role(Role.APPROVER, "deprecate releases")
def release_deprecate(request: StudioRequest, name: str) -> HttpResponse:
    """Say why it should no longer be pinned."""
    release = queries.get_release(request.actor, name)
    services.deprecate(by=request.actor, release=release, reason=request.POST.get("reason", ""))
    messages.success(request, "Deprecated. Runs that are pinned to it go on; new ones are refused.")
    return redirect("training:release", request.actor.workspace.slug, name)

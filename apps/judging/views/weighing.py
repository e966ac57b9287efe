"""Weights of a version: the present ones, others beside them, profiles."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import returning
from apps.judging import pages, services
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def weights_overview(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The present weights and the ways to find others."""
    version = rubric_queries.get_version(request.actor, slug, number)
    return render(request, "judging/weights_overview.html", pages.weights_page(request.actor, version))


@require_GET
@require_role(Role.VIEWER)
def weights_result(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Other weights beside the present ones, and what they do to stored scores."""
    version = rubric_queries.get_version(request.actor, slug, number)
    return render(request, "judging/weights_result.html", pages.weights_result(request.actor, version, request.GET))


@require_POST
@require_role(Role.AUTHOR, "edit rubrics")
def weights_apply(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Put other weights into the draft, as one step that can be undone."""
    version = rubric_queries.get_version(request.actor, slug, number)
    found = pages.proposed(request.actor, version, request.POST)
    rubrics.apply_weights(
        by=request.actor, version=version, criteria=found.criteria, groups=found.groups,
        what=f"set weights by {found.title}",
    )  # fmt: skip
    messages.success(request, f"The draft has the weights of {found.title}. Undo takes them back.")
    return redirect("rubrics:edit", request.actor.workspace.slug, slug, number)


@require_POST
@require_role(Role.ANNOTATOR, "suggest edits")
def weights_suggest(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Put other weights into one's own suggestion; the version stays as it is."""
    version = rubric_queries.get_version(request.actor, slug, number)
    found = pages.proposed(request.actor, version, request.POST)
    try:
        rubrics.suggest_weights(
            by=request.actor, version=version, criteria=found.criteria, groups=found.groups, title=found.title,
            evidence=pages.weights_evidence(version, found),
        )  # fmt: skip
    except errors.Invalid as error:
        messages.error(request, error.message)
        return redirect(returning.back_or(request, pages.weights_address(request.actor, version, "overview")))
    messages.success(request, f"The weights of {found.title} are in your suggestion. Authors decide on each.")
    edit = reverse("rubrics:edit", args=[request.actor.workspace.slug, slug, number])
    return redirect(f"{edit}?suggest=1")


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def weights_whitened(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Whitened weights of the answers of a run, with what they rest on; a post freezes them."""
    version = rubric_queries.get_version(request.actor, slug, number)
    if request.method == "POST":
        done = services.fit_whitened(by=request.actor, version=version, run=request.POST.get("run", ""))
        if done.artefact is not None:
            result = pages.weights_address(request.actor, version, "result")
            return redirect(f"{result}?fit={done.artefact.digest}")
        messages.error(request, f"Nothing was frozen. {done.found.fitted.uniform}")
        return redirect(pages.weights_address(request.actor, version, "whitened"))
    return render(request, "judging/weights_whitened.html", pages.whitening(request.actor, version, request.GET))


@require_POST
@require_role(Role.AUTHOR, "write profiles")
def profile_save(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Keep weights under a name, beside the rubric; numbers typed for single criteria make a profile too."""
    version = rubric_queries.get_version(request.actor, slug, number)
    given = request.POST
    try:
        if typed := pages.typed_weights(given):
            weights, source = typed, {"kind": "hand"}
        else:
            found = pages.proposed(request.actor, version, given)
            weights, source = dict(found.criteria), dict(found.source)
        made = rubrics.save_profile(
            by=request.actor, version=version, name=given.get("name", "").strip(), weights=weights,
            description=given.get("description", "").strip(), source=source,
        )  # fmt: skip
    except errors.Invalid as error:
        messages.error(request, error.message)
        return redirect(returning.back_or(request, pages.weights_address(request.actor, version, "overview")))
    messages.success(request, f"Stored as {made}. Name it so in rewards, scores and when a run is scored again.")
    return redirect(pages.weights_address(request.actor, version, "profile", made.name))


@require_GET
@require_role(Role.VIEWER)
def profile_detail(request: StudioRequest, slug: str, number: int, name: str) -> HttpResponse:
    """A profile beside the rubric's own weights."""
    version = rubric_queries.get_version(request.actor, slug, number)
    context = pages.profile(request.actor, version, name, request.GET.get("at", ""))
    return render(request, "judging/profile_detail.html", context)


@require_POST
@require_role(Role.AUTHOR, "write profiles")
def profile_retire(request: StudioRequest, slug: str, number: int, name: str) -> HttpResponse:
    """Offer a profile no longer."""
    version = rubric_queries.get_version(request.actor, slug, number)
    newest = rubric_queries.profile_versions(version.rubric, name)[0]
    rubrics.retire_profile(by=request.actor, profile=newest)
    messages.success(request, f"{newest.name} is retired; jobs that name it with its number go on.")
    return redirect(pages.weights_address(request.actor, version, "profile", name))

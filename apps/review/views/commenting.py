"""Criteria from comments: having comments read, and what becomes of the candidates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import queries as judging
from apps.review import forms, pages, queries, services
from apps.review.models import Queue
from apps.rubrics import queries as rubrics
from apps.rubrics.models import Rubric
from domain import errors

WHAT = "find criteria in comments"


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, WHAT)
def queue_comments(request: StudioRequest, key: int) -> HttpResponse:
    """What people wrote in a queue and what was read of it; a post has it read."""
    return _comments(request, queries.get_queue(request.actor, key), None)


@require_http_methods(["GET", "POST"])
@require_role(Role.AUTHOR, WHAT)
def rubric_comments(request: StudioRequest, slug: str) -> HttpResponse:
    """What people wrote about a rubric, in its discussions and beside decisions by it."""
    return _comments(request, None, rubrics.get_rubric(request.actor, slug))


@require_GET
@require_role(Role.AUTHOR, WHAT)
def reading_detail(request: StudioRequest, key: int) -> HttpResponse:
    """How far a reading is, and the candidates found by it."""
    context = pages.candidates_page(request.actor, queries.get_reading(request.actor, key))
    answer = render(request, "review/reading_detail.html", context)
    if htmx.is_fragment(request) and not context["live"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@require_role(Role.AUTHOR, WHAT)
def reading_propose(request: StudioRequest, key: int) -> HttpResponse:
    """Put the chosen candidates into a proposal."""
    reading = queries.get_reading(request.actor, key)
    keys = [int(one) for one in request.POST.getlist("candidate") if one.isascii() and one.isdigit() and len(one) < 19]
    chosen = {one: request.POST.get(f"text-{one}", "") for one in keys}
    try:
        proposal = services.propose_candidates(by=request.actor, reading=reading, chosen=chosen)
    except (errors.Conflict, errors.Invalid) as error:
        messages.error(request, error.message)
        return redirect("review:reading", request.actor.workspace.slug, key)
    messages.success(request, "The proposal is open: an author accepts each criterion, or you ask people first.")
    return redirect("rubrics:proposal", request.actor.workspace.slug, proposal.pk)


@require_POST
@require_role(Role.AUTHOR, WHAT)
def candidate_act(request: StudioRequest, key: int, candidate: int, verb: str) -> HttpResponse:
    """Dismiss a candidate with a reason, or open it again."""
    reading = queries.get_reading(request.actor, key)
    given: dict[str, Any] = {
        "by": request.actor, "reading": reading, "candidate": queries.get_candidate(reading, candidate),
    }  # fmt: skip
    try:
        if verb == "dismiss":
            services.dismiss_candidate(**given, reason=request.POST.get(f"reason-{candidate}", ""))
        elif verb == "reopen":
            services.reopen_candidate(**given)
        else:
            raise errors.NotFound("There is no such step.", code="step_unknown")
    except (errors.Conflict, errors.Invalid) as error:
        messages.error(request, error.message)
    return redirect("review:reading", request.actor.workspace.slug, key)


def _comments(request: StudioRequest, queue: Queue | None, rubric: Rubric | None) -> HttpResponse:
    version = queue.version if queue else rubrics.newest_version(rubric) if rubric else None
    form = forms.ReadingForm(request.POST or None, actor=request.actor, version=version)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        slug, _, number = said["version"].partition("@")
        try:
            reading = services.start_reading(
                by=request.actor, queue=queue, version=rubrics.get_version(request.actor, slug, int(number)),
                judge=judging.judge_by_ref(request.actor, said["judge"]), likeness=said["likeness"],
                alike=said["alike"],
            )  # fmt: skip
        except (errors.Conflict, errors.Invalid) as error:
            form.add_error(None, error.message)
        else:
            return redirect("review:reading", request.actor.workspace.slug, reading.pk)
    context = {**pages.comments_page(request.actor, queue, rubric), "form": form}
    return render(request, "review/comments.html", context, status=422 if form.is_bound else 200)

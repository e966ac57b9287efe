"""One judged answer, and one call to an engine."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import pages, queries, services


@require_GET
@require_role(Role.VIEWER)
def answer_detail(request: StudioRequest, run: UUID, index: int) -> HttpResponse:
    """Task, answer with marked evidence, the verdict on each criterion, and how the score came about."""
    item = queries.get_item(request.actor, run, index)
    context = pages.answer(request.actor, item, pages.run_weights(item.run, request.GET.get("profile", "")))
    return htmx.page_or_fragment(request, "judging/answer_detail.html", "judging/_answer_body.html", context)


@require_GET
@require_role(Role.VIEWER)
def call_detail(request: StudioRequest, call: int) -> HttpResponse:
    """The exact prompt that was sent, the raw reply, and what came when it was asked again."""
    context = pages.call(request.actor, queries.get_call(request.actor, call), request.GET.get("n"))
    return htmx.page_or_fragment(request, "judging/call_detail.html", "judging/_call_replays.html", context)


@require_POST
@require_role(Role.AUTHOR, "replay calls")
def call_replay(request: StudioRequest, call: int) -> HttpResponse:
    """Have a worker ask the same once more."""
    found = queries.get_call(request.actor, call)
    services.replay_call(by=request.actor, call=found)
    messages.info(request, "A worker asks the same once more; the reply appears beside the first.")
    address = reverse("judging:call", args=[request.actor.workspace.slug, found.pk])
    place = request.POST.get("n", "")
    return redirect(f"{address}?n={place}" if place.isdecimal() else address)

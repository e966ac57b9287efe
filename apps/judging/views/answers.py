"""One judged answer, and one call to an engine."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import pages, queries


@require_GET
@require_role(Role.VIEWER)
def answer_detail(request: StudioRequest, run: UUID, index: int) -> HttpResponse:
    """Task, answer with marked evidence, the verdict on each criterion, and how the score came about."""
    item = queries.get_item(request.actor, run, index)
    context = pages.answer(request.actor, item)
    return htmx.page_or_fragment(request, "judging/answer_detail.html", "judging/_answer_body.html", context)


@require_GET
@require_role(Role.VIEWER)
def call_detail(request: StudioRequest, call: int) -> HttpResponse:
    """The exact prompt that was sent and the raw reply."""
    found = queries.get_call(request.actor, call)
    return render(request, "judging/call_detail.html", pages.call(request.actor, found, request.GET.get("n")))

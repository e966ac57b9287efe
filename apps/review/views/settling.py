"""Settling conflicts: side by side, by an author; or by a rule of the queue."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import forms, pages, queries, services
from apps.review.models import ReviewItem
from domain import errors


@require_role(Role.AUTHOR, "settle conflicts")
@never_cache
@require_http_methods(["GET", "POST"])
def adjudicate(request: StudioRequest, key: int) -> HttpResponse:
    """What people said of an item, without their names; names and judges' verdicts once it is decided."""
    item = queries.get_item(request.actor, key)
    if request.method == "GET":
        return _page(request, item)
    form = forms.ReasonForm(request.POST)
    try:
        answer = queries.ask_of(item).given(request.POST)
        if not form.is_valid():
            raise errors.Invalid(forms.sentences(form), code="form_invalid")
        services.adjudicate(
            by=request.actor, item=item, given=answer, reason=form.cleaned_data["reason"],
            revealed=request.POST.get("revealed") == "1",
        )  # fmt: skip
    except errors.Invalid as error:
        return _page(request, item, error.message)
    messages.success(request, "Settled. The value is gold now.")
    return redirect("review:adjudicate", request.actor.workspace.slug, item.pk)


@require_POST
@require_role(Role.AUTHOR, "settle conflicts")
def conflict_act(request: StudioRequest, key: int, verb: str) -> HttpResponse:
    """Send an item back to more people, or say that people cannot agree on it."""
    item = queries.get_item(request.actor, key)
    form = forms.SendBackForm(request.POST) if verb == "send-back" else forms.ReasonForm(request.POST)
    try:
        if not form.is_valid():
            raise errors.Invalid(forms.sentences(form), code="form_invalid")
        if verb == "send-back":
            services.send_back(by=request.actor, item=item, **form.cleaned_data)
            messages.success(request, "Sent back: the next people who open the queue are asked.")
        else:
            services.mark_disagreed(by=request.actor, item=item, reason=form.cleaned_data["reason"])
            messages.success(request, "Kept: people cannot agree. The criterion has a remark on its Quality page.")
    except errors.Invalid as error:
        return _page(request, item, error.message, opened=verb)
    return _onward(request, item)


@require_role(Role.AUTHOR, "settle conflicts")
def conflict_next(request: StudioRequest, key: int) -> HttpResponse:
    """The first conflict of a queue after an item, `after`, or the first of all."""
    queue = queries.get_queue(request.actor, key)
    after = request.GET.get("after", "")
    position = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else -1
    item = queries.next_conflict(queue, position)
    if item is None:
        messages.info(request, "No conflict of this queue is left.")
        return redirect("review:conflicts", request.actor.workspace.slug, queue.pk)
    return redirect("review:adjudicate", request.actor.workspace.slug, item.pk)


@require_POST
@require_role(Role.AUTHOR, "settle conflicts")
def queue_consensus(request: StudioRequest, key: int) -> HttpResponse:
    """Choose how answers that differ are settled in a queue."""
    queue = queries.get_queue(request.actor, key)
    form = forms.ConsensusForm(request.POST)
    if not form.is_valid():
        messages.error(request, forms.sentences(form))
        return redirect("review:conflicts", request.actor.workspace.slug, queue.pk)
    settled = services.set_consensus(by=request.actor, queue=queue, **form.values())
    told = f" {settled} settled by it." if settled else ""
    messages.success(request, f"Stored.{told}")
    return redirect("review:conflicts", request.actor.workspace.slug, queue.pk)


def _onward(request: StudioRequest, item: ReviewItem) -> HttpResponse:
    following = queries.next_conflict(item.queue, item.position)
    if following is None:
        return redirect("review:conflicts", request.actor.workspace.slug, item.queue_id)
    return redirect("review:adjudicate", request.actor.workspace.slug, following.pk)


def _page(request: StudioRequest, item: ReviewItem, fault: str = "", opened: str = "") -> HttpResponse:
    shown = request.GET.get("reveal") == "1" or request.POST.get("revealed") == "1"
    context: dict[str, Any] = {**pages.settle_page(item, revealed=shown), "fault": fault, "opened": opened}
    context |= {"given": request.POST.dict(), "most_sent": services.MOST_SENT}
    context["crumbs"] = pages.crumbs(request.actor, item.queue, f"Item {item.position + 1}")
    return render(request, "review/adjudicate.html", context, status=422 if fault else 200)

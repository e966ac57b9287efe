"""One decision a screen: blind first, then on to the verdict or to the next item."""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import forms, pages, queries, services
from apps.review.models import Claim, Queue
from domain import errors

STRAIGHT = "review_straight"


@require_role(Role.ANNOTATOR, "review")
@never_cache
def next_item(request: StudioRequest, key: int) -> HttpResponse:
    """The person's live item, or the next one, or why there is none."""
    return onward(request, queries.desk_queue(request.actor, key))


@require_role(Role.ANNOTATOR, "review")
@never_cache
@require_POST
def item_ahead(request: StudioRequest, key: int) -> HttpResponse:
    """The page of the item after the one at hand, so that it is there at once; or give it back."""
    queue = queries.desk_queue(request.actor, key)
    beside = request.POST.get("beside", "")
    held = int(beside) if beside.isdecimal() and len(beside) < 19 else 0
    if request.POST.get("do") == "release":
        services.release_ahead(by=request.actor, queue=queue, beside=held)
        return HttpResponse(status=204)
    try:
        claim = services.claim(by=request.actor, queue=queue, beside=held)
    except errors.Conflict:
        claim = None
    if claim is None:
        return HttpResponse(status=204)
    answer = _decision_page(request, claim, {})
    answer["Content-Location"] = reverse("review:decision", args=[request.actor.workspace.slug, claim.pk])
    return answer


@require_role(Role.ANNOTATOR, "review")
@never_cache
@require_http_methods(["GET", "POST"])
def decision(request: StudioRequest, key: int) -> HttpResponse:
    """The screen of one decision."""
    claim = queries.get_claim(request.actor, key)
    if request.method == "GET":
        return _decision_page(request, claim, {}) if claim.state == Claim.State.LEASED else _ended(request, claim)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, claim, request.POST.dict(), forms.sentences(form))
    given = form.cleaned_data
    try:
        straight = _goes_straight(request, claim, straight=given["straight"])
        answer = queries.ask_of(claim.item, request.actor.user.pk).given(request.POST)
        review = services.answer(
            by=request.actor, claim=claim, given=answer, confidence=given["confidence"], note=given["note"],
            seconds=_seconds(given), reveals=not straight,
        )  # fmt: skip
    except errors.Invalid as error:
        return _decision_page(request, claim, request.POST.dict(), error.message)
    if not straight:
        return redirect("review:reveal", request.actor.workspace.slug, review.pk)
    return onward(request, claim.item.queue)


@require_role(Role.ANNOTATOR, "review")
@require_POST
def claim_heartbeat(request: StudioRequest, key: int) -> HttpResponse:
    """Keep the item while the page is open."""
    services.heartbeat(by=request.actor, claim=queries.get_claim(request.actor, key))
    return HttpResponse(status=204)


@require_role(Role.ANNOTATOR, "review")
@require_POST
def claim_give_up(request: StudioRequest, key: int) -> HttpResponse:
    """Skip an item for now, decline it for good, or stop here."""
    actor, claim = request.actor, queries.get_claim(request.actor, key)
    do, reason = request.POST.get("do", "skip"), request.POST.get("reason", "")
    try:
        if do == "decline":
            services.decline(by=actor, claim=claim, reason=reason)
        elif do == "stop":
            services.release_ahead(by=actor, queue=claim.item.queue, beside=claim.pk)
            services.release(by=actor, claim=claim)
            return redirect("review:queue", actor.workspace.slug, claim.item.queue_id)
        else:
            services.skip(by=actor, claim=claim, reason=reason)
    except errors.Invalid as error:
        return _decision_page(request, claim, {"declining": "1"}, error.message)
    return onward(request, claim.item.queue)


def onward(request: StudioRequest, queue: Queue) -> HttpResponse:
    """On to the next item; a page that has it already only wants to know that all is stored."""
    if request.headers.get("X-Desk") == "background":
        return HttpResponse(status=204)
    claim = _claim(request, queue)
    if claim is not None:
        return redirect("review:decision", request.actor.workspace.slug, claim.pk)
    if queue.state != Queue.State.OPEN:
        return redirect("review:queue", request.actor.workspace.slug, queue.pk)
    if request.method == "POST":
        return redirect("review:next", request.actor.workspace.slug, queue.pk)
    return render(request, "review/nothing_left.html", pages.nothing_left(request.actor, queue))


def _claim(request: StudioRequest, queue: Queue) -> Claim | None:
    try:
        return services.claim(by=request.actor, queue=queue)
    except errors.Conflict as error:
        messages.info(request, error.message)
        return None


def _goes_straight(request: StudioRequest, claim: Claim, *, straight: bool) -> bool:
    """Whether the verdict is not shown now: there is none, or the person chose to look later."""
    if not pages.reveals_after(claim.item):
        return True
    if request.session.get(STRAIGHT, False) != straight:
        request.session[STRAIGHT] = straight
    return straight


def _ended(request: StudioRequest, claim: Claim) -> HttpResponse:
    review = queries.review_of(claim)
    if review is not None:
        return redirect("review:reveal", request.actor.workspace.slug, review.pk)
    return redirect("review:next", request.actor.workspace.slug, claim.item.queue_id)


def _decision_page(request: StudioRequest, claim: Claim, given: dict[str, Any], fault: str = "") -> HttpResponse:
    straight = bool(request.session.get(STRAIGHT, False))
    context = {**pages.decision_page(request.actor, claim, straight=straight), "given": given, "fault": fault}
    context["crumbs"] = pages.crumbs(request.actor, claim.item.queue, f"Item {context['number']}")
    return render(request, "review/decision.html", context, status=422 if fault else 200)


def _seconds(given: dict[str, Any]) -> float | None:
    """As the page measured it while it was looked at; without scripts by the studio's own clock."""
    if given["elapsed"] is not None:
        return float(given["elapsed"])
    return None if given["opened"] is None else time.time() - float(given["opened"])

"""One decision a screen: blind first, then the reveal."""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import forms, pages, queries, services
from apps.review.models import Claim, Queue, Review
from domain import errors


@require_role(Role.ANNOTATOR, "review")
@never_cache
def next_item(request: StudioRequest, key: int) -> HttpResponse:
    """The person's live item, or the next one."""
    return _onward(request, queries.get_queue(request.actor, key))


@require_role(Role.ANNOTATOR, "review")
@never_cache
@require_http_methods(["GET", "POST"])
def decision(request: StudioRequest, key: int) -> HttpResponse:
    """The screen of one decision."""
    claim = queries.get_claim(request.actor, key)
    if request.method == "GET":
        if claim.state != Claim.State.LEASED:
            return _ended(request, claim)
        return _decision_page(request, claim, {})
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, claim, request.POST.dict(), forms.sentences(form))
    given = form.cleaned_data
    try:
        answer = queries.ask_of(claim.item, request.actor.user.pk).given(request.POST)
        review = services.answer(
            by=request.actor, claim=claim, given=answer, confidence=given["confidence"], note=given["note"],
            seconds=_seconds(given["opened"]),
        )  # fmt: skip
    except errors.Invalid as error:
        return _decision_page(request, claim, request.POST.dict(), error.message)
    if claim.item.queue.blind and claim.item.verdict_keys:
        return redirect("review:reveal", request.actor.workspace.slug, review.pk)
    return _onward(request, claim.item.queue)


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
    claim = queries.get_claim(request.actor, key)
    do, reason = request.POST.get("do", "skip"), request.POST.get("reason", "")
    try:
        if do == "decline":
            services.decline(by=request.actor, claim=claim, reason=reason)
        elif do == "stop":
            services.release(by=request.actor, claim=claim)
            return redirect("review:queue", request.actor.workspace.slug, claim.item.queue_id)
        else:
            services.skip(by=request.actor, claim=claim, reason=reason)
    except errors.Invalid as error:
        return _decision_page(request, claim, {"declining": "1"}, error.message)
    return _onward(request, claim.item.queue)


@require_role(Role.ANNOTATOR, "review")
@never_cache
@require_http_methods(["GET", "POST"])
def reveal(request: StudioRequest, key: int) -> HttpResponse:
    """What the judge said, and whether the person stays with their decision."""
    review = queries.get_review(request.actor, key)
    if request.method == "GET":
        return _reveal_page(request, review)
    if request.POST.get("do") != "change":
        services.keep(by=request.actor, review=review)
        return _onward(request, review.item.queue)
    form = forms.ReasonForm(request.POST)
    try:
        answer = queries.ask_of(review.item, request.actor.user.pk).given(request.POST)
        if not form.is_valid():
            raise errors.Invalid(forms.sentences(form), code="form_invalid")
        services.change(by=request.actor, review=review, given=answer, reason=form.cleaned_data["reason"])
    except errors.Invalid as error:
        return _reveal_page(request, review, error.message, request.POST.dict())
    return _onward(request, review.item.queue)


def _onward(request: StudioRequest, queue: Queue) -> HttpResponse:
    if queue.state != Queue.State.OPEN:
        messages.info(request, f"This queue is {queue.get_state_display()}; it gives out no items.")
        return redirect("review:queue", request.actor.workspace.slug, queue.pk)
    claim = services.claim(by=request.actor, queue=queue)
    if claim is None:
        messages.info(request, "Nothing in this queue waits for you. All your decisions are stored.")
        return redirect("review:queue", request.actor.workspace.slug, queue.pk)
    return redirect("review:decision", request.actor.workspace.slug, claim.pk)


def _ended(request: StudioRequest, claim: Claim) -> HttpResponse:
    review = queries.review_of(claim)
    if review is not None:
        return redirect("review:reveal", request.actor.workspace.slug, review.pk)
    return redirect("review:next", request.actor.workspace.slug, claim.item.queue_id)


def _decision_page(request: StudioRequest, claim: Claim, given: dict[str, Any], fault: str = "") -> HttpResponse:
    context = {**pages.decision_page(request.actor, claim), "given": given, "fault": fault}
    context["crumbs"] = pages.crumbs(request.actor, claim.item.queue, f"Item {context['number']}")
    return render(request, "review/decision.html", context, status=422 if fault else 200)


def _reveal_page(
    request: StudioRequest, review: Review, fault: str = "", given: dict[str, Any] | None = None
) -> HttpResponse:
    context = {**pages.reveal_page(request.actor, review), "fault": fault, "given": given or {}}
    context["crumbs"] = pages.crumbs(request.actor, review.item.queue, "Reveal")
    return render(request, "review/reveal.html", context, status=422 if fault else 200)


def _seconds(opened: float | None) -> float | None:
    return None if opened is None else time.time() - opened

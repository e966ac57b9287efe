"""A decision of one's own: blind until the verdict was asked for, then kept or changed with a reason."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import forms, pages, queries, services
from apps.review.models import Review
from apps.review.views import deciding
from domain import errors


@require_role(Role.ANNOTATOR, "review")
@never_cache
@require_http_methods(["GET", "POST"])
def reveal(request: StudioRequest, key: int) -> HttpResponse:
    """What was decided, what the judge said once it was asked for, and whether the person stays with it."""
    review = queries.get_review(request.actor, key)
    if request.method == "GET":
        return _page(request, review)
    do = request.POST.get("do", "keep")
    try:
        if do == "show":
            services.reveal(by=request.actor, review=review)
        elif do == "revise":
            _revise(request, review)
        elif do == "change":
            _change(request, review)
        else:
            services.keep(by=request.actor, review=review)
    except errors.Invalid as error:
        return _page(request, review, error.message, request.POST.dict())
    if do == "show":
        return redirect("review:reveal", request.actor.workspace.slug, review.pk)
    return deciding.onward(request, review.item.queue)


def _revise(request: StudioRequest, review: Review) -> None:
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        raise errors.Invalid(forms.sentences(form), code="form_invalid")
    answer = queries.ask_of(review.item, request.actor.user.pk).given(request.POST)
    services.revise(
        by=request.actor, review=review, given=answer, confidence=form.cleaned_data["confidence"],
        note=form.cleaned_data["note"],
    )  # fmt: skip


def _change(request: StudioRequest, review: Review) -> None:
    answer = queries.ask_of(review.item, request.actor.user.pk).given(request.POST)
    form = forms.ReasonForm(request.POST)
    if not form.is_valid():
        raise errors.Invalid(forms.sentences(form), code="form_invalid")
    services.change(by=request.actor, review=review, given=answer, reason=form.cleaned_data["reason"])


def _page(request: StudioRequest, review: Review, fault: str = "", given: dict[str, Any] | None = None) -> HttpResponse:
    context = {**pages.review_page(request.actor, review), "fault": fault, "given": given or {}}
    context["crumbs"] = pages.crumbs(request.actor, review.item.queue, "Verdict" if context["shows"] else "My decision")
    template = "review/reveal.html" if context["shows"] else "review/decided.html"
    return render(request, template, context, status=422 if fault else 200)

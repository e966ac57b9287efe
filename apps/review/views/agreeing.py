"""How far people agree: on a data set, and in a queue."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import queries as datasets
from apps.review import forms, pages, permissions, queries
from apps.review.pages import agreeing
from domain import errors


@require_role(Role.VIEWER)
def dataset_agreement(request: StudioRequest, slug: str) -> HttpResponse:
    """Agreement on the labels of a data set, criterion by criterion."""
    dataset = datasets.get_dataset(request.actor, slug)
    found = queries.dataset_dashboard(dataset, request.GET.get("criterion") or None, request.GET.get("of", ""))
    context = {
        **agreeing.dashboard(request.actor, found),
        "dataset": dataset,
        "tabs": pages.dataset_tabs(request.actor, dataset, "dataset-agreement"),
        "crumbs": agreeing.crumbs(request.actor, dataset, "Agreement"),
    }
    return htmx.page_or_fragment(request, "review/dataset_agreement.html", "review/_agreement.html", context)


@require_role(Role.AUTHOR)
def dataset_estimates(request: StudioRequest, slug: str) -> HttpResponse:
    """True means on a data set, from labels and verdicts together."""
    dataset = datasets.get_dataset(request.actor, slug)
    form = forms.EstimateForm(request.GET)
    found = queries.estimates_of(
        request.actor, dataset, judge=request.GET.get("judge", ""), criterion=request.GET.get("criterion") or None,
        half=form.wanted,
    )  # fmt: skip
    context = {
        **pages.estimates_page(found),
        "form": form,
        "dataset": dataset,
        "tabs": pages.dataset_tabs(request.actor, dataset, "dataset-estimates"),
        "crumbs": agreeing.crumbs(request.actor, dataset, "True rates"),
    }
    return render(request, "review/dataset_estimates.html", context, status=422 if form.errors else 200)


@require_role(Role.ANNOTATOR, "review")
def queue_agreement(request: StudioRequest, key: int) -> HttpResponse:
    """Agreement on the decisions of a queue."""
    queue = queries.get_queue(request.actor, key)
    if not permissions.may_read_report(request.actor, queue):
        raise errors.NotAllowed(
            "You can read how far people agree when this blind queue is closed.", code="still_blind"
        )
    found = queries.queue_dashboard(queue, request.GET.get("criterion") or None)
    progress = queries.progress(queue)
    context = {
        **agreeing.dashboard(request.actor, found),
        "queue": queue,
        "tabs": pages.queue_tabs(request.actor, queue, "agreement", progress.conflict),
        "crumbs": pages.crumbs(request.actor, queue, "Agreement"),
    }
    return render(request, "review/queue_agreement.html", context)

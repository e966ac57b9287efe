"""Which preferences of a data set judges doubt, and a queue for people to look at them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.datasets import queries as datasets
from apps.review import pages, queries, services


@require_role(Role.AUTHOR, "look at the quality of labels")
@require_http_methods(["GET", "POST"])
def label_quality(request: StudioRequest, slug: str) -> HttpResponse:
    """Strength and doubts by the votes of judges; a post asks people about what every judge contradicts."""
    dataset = datasets.get_dataset(request.actor, slug)
    if request.method == "POST":
        queue = services.queue_of_doubts(by=request.actor, dataset=dataset)
        messages.success(request, "The queue is open: people compare these answers without knowing the label.")
        return redirect("review:queue", request.actor.workspace.slug, queue.pk)
    context = {"dataset": dataset, **pages.doubts_page(queries.label_quality_of(dataset))}
    context["crumbs"] = pages.crumbs(request.actor, None, f"Quality of labels, {dataset.title}")
    return render(request, "review/label_quality.html", context)

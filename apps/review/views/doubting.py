"""Which preferences of a data set judges doubt, and a queue for people to look at them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.datasets import queries as datasets
from apps.review import pages, queries, services
from domain import errors


@require_role(Role.AUTHOR, "look at the quality of labels")
@require_http_methods(["GET", "POST"])
def label_quality(request: StudioRequest, slug: str) -> HttpResponse:
    """Strength and doubts by the votes of all judges or of chosen ones; a post asks people about what all of them
    contradict.
    """
    dataset = datasets.get_dataset(request.actor, slug)
    chosen, fault = [name for name in request.GET.getlist("voter") if name], ""
    if request.method == "POST":
        queue = services.queue_of_doubts(by=request.actor, dataset=dataset, voters=chosen)
        messages.success(request, "The queue is open: people compare these answers without knowing the label.")
        return redirect("review:queue", request.actor.workspace.slug, queue.pk)
    try:
        found = queries.label_quality_of(dataset, only=chosen)
    except errors.Invalid as error:
        found, fault = queries.label_quality_of(dataset), error.message
    context = {"dataset": dataset, "chosen": chosen, "fault": fault, **pages.doubts_page(found)}
    context["crumbs"] = pages.crumbs(request.actor, None, f"Quality of labels, {dataset.title}")
    return render(request, "review/label_quality.html", context, status=422 if fault else 200)

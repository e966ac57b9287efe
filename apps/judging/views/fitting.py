"""Weights that preferences reveal."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.datasets import queries as dataset_queries
from apps.judging import forms, pages, queries, services
from apps.rubrics import queries as rubric_queries
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def weights_fit(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """A fit's figures, and the form for another; starts it."""
    version = rubric_queries.get_version(request.actor, slug, number)
    form = pages.fit_form(request.actor, version, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            services.start_weight_fit(
                by=request.actor, version=version,
                dataset=dataset_queries.get_dataset(request.actor, given["dataset"]),
                judge=queries.judge_by_ref(request.actor, given["judge"]),
                loss=given["loss"] or "plain", signed=given["signed"], penalty=given["penalty"],
            )  # fmt: skip
            return redirect(pages.weights_address(request.actor, version, "fit"))
        except errors.Invalid as error:
            forms.take_problems(form, error)
    context = pages.weight_fit(request.actor, version, form, request.GET.get("digest", ""))
    if form.errors:
        return render(request, "judging/weights_fit.html", context, status=422)
    return htmx.page_or_fragment(request, "judging/weights_fit.html", "judging/_weights_fit.html", context)

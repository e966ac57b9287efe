"""Benchmarks: the board of scorers, scoring them, one result."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import forms, pages, queries, services
from apps.core import htmx
from domain import errors

REFUSALS = (errors.Invalid, errors.Conflict, errors.NotFound)


@require_GET
@require_role(Role.AUTHOR, "read benchmarks")
def board(request: StudioRequest) -> HttpResponse:
    """Who reached what on a benchmark over a data set."""
    context = pages.board_page(request.actor, request.GET)
    return htmx.page_or_fragment(request, "audit/benchmark_list.html", "audit/_board.html", context)


@require_role(Role.AUTHOR, "score benchmarks")
@require_http_methods(["GET", "POST"])
def benchmark_new(request: StudioRequest) -> HttpResponse:
    """Choose a data set, then benchmark and scorers; scores them."""
    form = forms.BenchmarkForm(request.actor, request.GET, request.POST or None)
    if request.method == "POST":
        try:
            if form.is_valid():
                done = services.score_benchmark(by=request.actor, **form.wish())
                _say(request, done)
                return redirect(pages.board_url(request.actor, form.entry.name, request.GET["dataset"]))
        except REFUSALS as error:
            form.take(error)
    context: dict[str, Any] = {"form": form}
    context["crumbs"] = pages.crumbs(request.actor, "Score a benchmark", middle=("Benchmarks", "audit:benchmarks"))
    return render(request, "audit/benchmark_new.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.AUTHOR, "run audits")
def benchmark_compare(request: StudioRequest) -> HttpResponse:
    """Test the differences of chosen results of one board, side by side on the same sample."""
    try:
        audit = services.compare_results(by=request.actor, keys=request.POST.getlist("result"))
    except REFUSALS as error:
        messages.warning(request, error.message)
        back = request.POST.get("benchmark", ""), request.POST.get("dataset", "")
        return redirect(pages.board_url(request.actor, *back))
    return redirect("audit:detail", request.actor.workspace.slug, audit.pk)


@require_GET
@require_role(Role.AUTHOR, "read benchmarks")
def benchmark_detail(request: StudioRequest, key: str) -> HttpResponse:
    """One result: score, other figures, domains, and what was lost."""
    context = pages.result_page(request.actor, queries.get_result(request.actor, key))
    return render(request, "audit/benchmark_detail.html", context)


def _say(request: StudioRequest, done: services.Scored) -> None:
    if done.job is not None:
        messages.success(request, "A worker scores them. The results appear on this board.")
        return
    known = len(done.results) - done.new
    messages.success(request, f"{done.new} scored." + (f" {known} were there already." if known else ""))
    for sentence in done.refused[:5]:
        messages.warning(request, sentence)

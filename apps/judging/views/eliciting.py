"""Questions about importance: swings to rank and rate, pairs to compare."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import pages
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Elicitation, RubricVersion
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.ANNOTATOR, "weigh criteria")
def weights_swing(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Rank what matters and give it points; every change is kept."""
    version = rubric_queries.get_version(request.actor, slug, number)
    fault = _kept(request, version, Elicitation.Kind.SWING) if request.method == "POST" else ""
    context = pages.swing(request.actor, version) | {"fault": fault}
    return _answer(request, version, "swing", context)


@require_http_methods(["GET", "POST"])
@require_role(Role.ANNOTATOR, "weigh criteria")
def weights_tradeoffs(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Compare two items at a time; every answer is kept."""
    version = rubric_queries.get_version(request.actor, slug, number)
    fault = _kept(request, version, Elicitation.Kind.TRADEOFFS) if request.method == "POST" else ""
    asked = request.POST if request.method == "POST" else request.GET
    context = pages.tradeoffs(request.actor, version, asked.get("section", ""), request.GET.get("pair", ""))
    return _answer(request, version, "tradeoffs", context | {"fault": fault})


@require_POST
@require_role(Role.ANNOTATOR, "weigh criteria")
def elicitation_finish(request: StudioRequest, slug: str, number: int, kind: str) -> HttpResponse:
    """Close the answers and see what follows."""
    version = rubric_queries.get_version(request.actor, slug, number)
    row = rubric_queries.open_elicitation(version, request.actor, kind)
    if row is None:
        raise errors.NotFound("Nothing was begun here.", code="elicitation_unknown")
    try:
        done = rubrics.finish_elicitation(by=request.actor, elicitation=row)
    except errors.Invalid as error:
        messages.error(request, error.message)
        return redirect(pages.weights_address(request.actor, version, kind))
    return redirect(pages.weights_address(request.actor, version, "result") + f"?elicitation={done.pk}")


def _kept(request: StudioRequest, version: RubricVersion, kind: Elicitation.Kind) -> str:
    """Keep what was sent; returns what is wrong with it."""
    try:
        row = rubrics.start_elicitation(by=request.actor, version=version, kind=kind)
        if kind == Elicitation.Kind.SWING:
            _keep_swings(request, row)
        else:
            _keep_comparison(request, row)
    except errors.Invalid as error:
        return error.message
    return ""


def _keep_swings(request: StudioRequest, row: Elicitation) -> None:
    given = request.POST
    order = given.getlist("order")
    moved, _, way = given.get("move", "").rpartition(":")
    if moved in order:
        at = order.index(moved)
        to = max(0, min(len(order) - 1, at + (-1 if way == "up" else 1)))
        order.insert(to, order.pop(at))
    ratings = {key: number for key in order if (number := _number(given, f"points-{key}")) is not None}
    if order:
        ratings[order[0]] = 100.0
    rubrics.rate_swings(
        by=request.actor, elicitation=row, section=given.get("section", ""), order=order, ratings=ratings
    )  # fmt: skip


def _keep_comparison(request: StudioRequest, row: Elicitation) -> None:
    given = request.POST
    ratio = None if "forget" in given else _number(given, "ratio")
    if ratio is None and "forget" not in given:
        raise errors.Invalid("Choose an answer, or write how many times as important the first one is.")
    rubrics.compare_items(
        by=request.actor, elicitation=row, section=given.get("section", ""), first=given.get("first", ""),
        second=given.get("second", ""), ratio=ratio,
    )  # fmt: skip


def _number(given: QueryDict, name: str) -> float | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise errors.Invalid(f"{text[:20]!r} is no number.") from None


def _answer(request: StudioRequest, version: RubricVersion, name: str, context: dict[str, object]) -> HttpResponse:
    fault = bool(context["fault"])
    if request.method == "POST" and not fault and not htmx.is_fragment(request):
        section = request.POST.get("section", "")
        return redirect(pages.weights_address(request.actor, version, name) + f"?section={section}")
    page, part = f"judging/weights_{name}.html", f"judging/_weights_{name}.html"
    return htmx.page_or_fragment(request, page, part, context, status=422 if fault else 200)

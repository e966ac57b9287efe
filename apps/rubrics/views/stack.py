"""The steps of a version's scoring: added, given parameters, moved and removed."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.views import clashes, ways
from apps.rubrics.views.scoring import PAGE, seen_way
from domain import errors, rubric


@require_GET
@require_role(Role.VIEWER)
def step_curves(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """The line of each step, alone."""
    now = seen_way(request, slug, number)
    context = {
        "version": now.version, "rubric": now.version.rubric, "mode": now.mode, "alone": True,
        "curves": pages.step_curves(now.document),
    }  # fmt: skip
    return render(request, "rubrics/_step_curves.html", context)


@require_POST
@ways.may_edit
def step_add(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Add a step, or put another that sums in the place of the one there is."""
    now = ways.way(request, slug, number)
    document = now.document
    name = request.POST.get("step", "")
    form = pages.new_step_form(document, name, request.POST)
    if form.is_valid():
        try:
            services.add_step(
                by=request.actor, version=now.version, step=form.document(), shape=_shape(request), **now.keep
            )
        except errors.Invalid as error:
            form.refuse(error, -1)
        else:
            return redirect(f"{now.address('scoring')}#steps")
    context = pages.scoring(request.actor, now.version, suggesting=now.suggesting, adding=name, add_form=form)
    return render(request, PAGE, context, status=422)


@require_POST
@ways.may_edit
def step_set(request: StudioRequest, slug: str, number: int, place: int) -> HttpResponse:
    """Give a step other parameters; autosave posts here."""
    now = ways.way(request, slug, number)
    document = now.document
    form = pages.step_form(document, place, request.POST)
    if form.is_valid():
        try:
            _keep(request, now, place, form)
        except services.Clash as clash:
            return clashes.question(request, now.version, clash, now.address("scoring"))
        except errors.Invalid as error:
            form.refuse(error, place)
        else:
            if "X-Autosave" not in request.headers:
                return redirect(f"{now.address('scoring')}#step-{place}")
            return _saved(request, document["scoring"][place], ways.way(request, slug, number), place)
    card = pages.step_card(document, rubric.parse(document), place, form)
    context = {"version": now.version, "rubric": now.version.rubric, "mode": now.mode, "card": card, "edits": True}
    if not htmx.is_fragment(request) and "X-Autosave" not in request.headers:
        whole = pages.scoring(request.actor, now.version, suggesting=now.suggesting, refused=card)
        return render(request, PAGE, whole, status=422)
    return render(request, "rubrics/_step.html", context, status=422)


@require_POST
@ways.may_edit
def step_move(request: StudioRequest, slug: str, number: int, place: int) -> HttpResponse:
    """Have a step taken one sooner or later."""
    now = ways.way(request, slug, number)
    order = pages.moved(now.document, place, -1 if request.POST.get("move") == "up" else 1)
    services.order_steps(by=request.actor, version=now.version, order=order, shape=_shape(request), **now.keep)
    return redirect(f"{now.address('scoring')}#step-{order.index(place) if place in order else 0}")


@require_POST
@ways.may_edit
def steps_order(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Put the steps in the order they were dragged to."""
    now = ways.way(request, slug, number)
    order = [int(one) for one in request.POST.getlist("order") if one.isdecimal() and len(one) < 4]
    services.order_steps(
        by=request.actor, version=now.version, order=order, shape=request.GET.get("shape", ""), **now.keep
    )
    return htmx.trigger(HttpResponse(status=204), "rubric-changed")


@require_POST
@ways.may_edit
def step_remove(request: StudioRequest, slug: str, number: int, place: int) -> HttpResponse:
    """Take a step away."""
    now = ways.way(request, slug, number)
    services.remove_step(by=request.actor, version=now.version, place=place, shape=_shape(request), **now.keep)
    return redirect(f"{now.address('scoring')}#steps")


def _shape(request: StudioRequest) -> str:
    return request.POST.get("shape", "")


def _keep(request: StudioRequest, now: ways.Way, place: int, form: forms.StepForm) -> None:
    services.set_step(
        by=request.actor,
        version=now.version,
        place=place,
        step=form.document(),
        seen=clashes.seen_by(request),
        burst="X-Autosave" in request.headers,
        **now.keep,
    )


def _saved(request: StudioRequest, before: Any, now: ways.Way, place: int) -> HttpResponse:
    """What autosave needs to go on."""
    after = now.document["scoring"][place]
    joined = request.POST.get("revision") != queries.fingerprint(before)
    answer = JsonResponse({"base": clashes.as_base(after), "joined": joined, "filled": False})
    answer["X-Revision"] = queries.fingerprint(after)
    return answer

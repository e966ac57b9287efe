"""Queues, what one decided, conflicts and reports."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx, passages
from apps.review import forms, pages, permissions, queries
from apps.review.models import Queue, ReviewItem
from domain import draws, errors

MOST_CONFLICTS = 200


@require_role(Role.ANNOTATOR, "review")
def queue_list(request: StudioRequest) -> HttpResponse:
    """All queues of the workspace."""
    context = {"queues": queries.list_queues(request.actor), "may_make": request.actor.can(Role.AUTHOR)}
    return render(request, "review/queue_list.html", context)


@require_role(Role.ANNOTATOR, "review")
def queue_detail(request: StudioRequest, key: int) -> HttpResponse:
    """How far a queue is, and the way into it."""
    queue = queries.get_queue(request.actor, key)
    done, left = queries.my_progress(request.actor, queue)
    left = left if permissions.may_decide(request.actor, queue) else 0
    context = {**_frame(request, queue, "queue"), "done": done, "left": left, **pages.drawn_page(queue)}
    context["exports"] = pages.export_links(request.actor, "reviews-export", queue.pk)
    if queue.rule.get("kind") in draws.RULES:
        context["add_form"] = forms.AddForm(queries.place_of(queue).source)
    answer = render(request, "review/queue_detail.html", context)
    if htmx.is_fragment(request) and queue.state != Queue.State.DRAWING:
        answer["HX-Refresh"] = "true"
    return answer


@require_role(Role.ANNOTATOR, "review")
def my_decisions(request: StudioRequest, key: int) -> HttpResponse:
    """The person's last decisions."""
    queue = queries.get_queue(request.actor, key)
    reviews = queries.my_reviews(request.actor, queue)
    asks = queries.asks_of(review.item for review in reviews)
    rows = [
        (review, asks[review.item_id], asks[review.item_id].words(queries.Ask.said(review)))
        for review in reviews
        if review.item_id in asks
    ]
    return render(request, "review/my_decisions.html", {**_frame(request, queue, "mine"), "rows": rows})


@require_role(Role.AUTHOR, "see what people gave back")
def given_back(request: StudioRequest, key: int) -> HttpResponse:
    """What people skipped or declined, and why."""
    queue = queries.get_queue(request.actor, key)
    claims = queries.given_back(queue)
    asks = queries.asks_of(claim.item for claim in claims)
    rows = [(claim, asks[claim.item_id]) for claim in claims if claim.item_id in asks]
    return render(request, "review/given_back.html", {**_frame(request, queue, "given-back"), "rows": rows})


@require_role(Role.ANNOTATOR, "review")
def answer_rendered(request: StudioRequest, key: int) -> HttpResponse:
    """An answer of an item as its Markdown reads."""
    item = queries.get_item(request.actor, key)
    text = pages.answer_text(item, request.GET.get("place", "0"))
    context = {"text": text, "too_long": len(text) > passages.MOST_RENDERED}
    return render(request, "review/_answer_rendered.html", context)


@require_role(Role.ANNOTATOR, "review")
def queue_report(request: StudioRequest, key: int) -> HttpResponse:
    """Agreement of people with the judge and among themselves."""
    queue = queries.get_queue(request.actor, key)
    if not permissions.may_read_report(request.actor, queue):
        raise errors.NotAllowed(
            "The report shows the judge's verdicts. You can read it when this blind queue is closed.",
            code="still_blind",
        )
    context = {**_frame(request, queue, "report"), "report": queries.report(queue), "tables": queries.amounts(queue)}
    return render(request, "review/queue_report.html", context)


@require_role(Role.AUTHOR, "settle conflicts")
def conflict_list(request: StudioRequest, key: int) -> HttpResponse:
    """Items on which people disagree, and how such are settled here."""
    queue = queries.get_queue(request.actor, key)
    found = queries.conflicts(queue)
    asks = queries.asks_of(found[:MOST_CONFLICTS])
    rows = [(ask.item, ask, _voices(ask)) for ask in asks.values()]
    form = forms.ConsensusForm(initial={"rule": "", **queue.consensus})
    context = {"rows": rows, "form": form, "more": max(0, found.count() - MOST_CONFLICTS), "rule": _rule(queue)}
    return render(request, "review/conflict_list.html", {**_frame(request, queue, "conflicts"), **context})


def _voices(ask: queries.Ask) -> list[pages.Opinion]:
    return pages.unnamed(ask) if ask.item.state == ReviewItem.State.CONFLICT else pages.opinions_of_people(ask)


def _rule(queue: Queue) -> str:
    return queries.RULES_OF_CONSENSUS[queue.consensus.get("rule", "")]


def _frame(request: StudioRequest, queue: Queue, active: str) -> dict[str, Any]:
    progress = queries.progress(queue)
    names = {
        "queue": (),
        "mine": ("My decisions",),
        "report": ("Report",),
        "conflicts": ("Conflicts",),
        "given-back": ("Given back",),
    }
    return {
        "queue": queue,
        "progress": progress,
        "tabs": pages.queue_tabs(request.actor, queue, active, progress.conflict),
        "crumbs": pages.crumbs(request.actor, queue, *names[active]),
        "may_make": request.actor.can(Role.AUTHOR),
    }

"""Crumbs and tabs of a queue."""

from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.review import permissions, queries
from apps.review.models import Queue


def crumbs(actor: Actor, queue: Queue | None = None, *trail: str) -> list[dict[str, str]]:
    """Where a page of reviews stands."""
    slug = actor.workspace.slug
    found = [{"label": "Review", "url": reverse("review:list", args=[slug])}]
    if queue is not None:
        found.append({"label": queue.name, "url": reverse("review:queue", args=[slug, queue.pk]) if trail else ""})
    return [*found, *({"label": label, "url": ""} for label in trail)]


def nothing_left(actor: Actor, queue: Queue) -> dict[str, Any]:
    """Why a queue has nothing for a person now, and where there is something."""
    others = [other for other in queries.open_queues(actor) if other.pk != queue.pk]
    return {
        "queue": queue,
        "waiting": queries.waiting(actor, queue),
        "others": others[:5],
        "last": queries.last_review(actor, queue),
        "crumbs": crumbs(actor, queue, "Nothing left"),
    }


def queue_tabs(actor: Actor, queue: Queue, active: str, conflicts: int = 0) -> list[dict[str, Any]]:
    """The sections of a queue that this person may see."""
    places: list[tuple[str, str, int]] = [("Queue", "queue", 0), ("My decisions", "mine", 0)]
    if actor.can(Role.AUTHOR):
        places.append(("Conflicts", "conflicts", conflicts))
        places.append(("Given back", "given-back", 0))
    if permissions.may_read_report(actor, queue):
        places.append(("Report", "report", 0))
    return [
        {
            "label": label,
            "url": reverse(f"review:{name}", args=[actor.workspace.slug, queue.pk]),
            "active": name == active,
            "count": count,
            "tone": "w",
        }
        for label, name, count in places
    ]

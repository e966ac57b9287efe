"""Crumbs and tabs of a queue."""

from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.review import permissions
from apps.review.models import Queue


def crumbs(actor: Actor, queue: Queue | None = None, *trail: str) -> list[dict[str, str]]:
    """Where a page of reviews stands."""
    slug = actor.workspace.slug
    found = [{"label": "Review", "url": reverse("review:list", args=[slug])}]
    if queue is not None:
        found.append({"label": queue.name, "url": reverse("review:queue", args=[slug, queue.pk]) if trail else ""})
    return [*found, *({"label": label, "url": ""} for label in trail)]


def queue_tabs(actor: Actor, queue: Queue, active: str, conflicts: int = 0) -> list[dict[str, Any]]:
    """The sections of a queue that this person may see."""
    places: list[tuple[str, str, int]] = [("Queue", "queue", 0), ("My decisions", "mine", 0)]
    if actor.can(Role.AUTHOR):
        places.append(("Conflicts", "conflicts", conflicts))
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

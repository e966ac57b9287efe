"""Queues: the form for a new one, what it would hold, how one was drawn; crumbs and tabs."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.review import permissions, queries
from apps.review.models import Queue
from domain import draws

MANY = ("criteria", "models", "skills", "assignees")
SWITCHES = ("proportional", "exclude_queued", "blind")


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
        "last": queries.lately(actor, queue)[0],
        "crumbs": crumbs(actor, queue, "Nothing left"),
    }


def queue_tabs(actor: Actor, queue: Queue, active: str, conflicts: int = 0) -> list[dict[str, Any]]:
    """The sections of a queue that this person may see."""
    places: list[tuple[str, str, int]] = [("Queue", "queue", 0), ("My decisions", "mine", 0)]
    if actor.can(Role.AUTHOR):
        places.append(("Conflicts", "conflicts", conflicts))
        places.append(("Given back", "given-back", 0))
        places.append(("Criteria from comments", "comments", 0))
    if permissions.may_read_report(actor, queue):
        places.extend([("Report", "report", 0), ("Agreement", "agreement", 0)])
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


def queue_initial(given: QueryDict) -> dict[str, Any]:
    """What the form for a queue starts with: what a link names, or what was chosen so far."""
    found: dict[str, Any] = {"rule": "random", "task": "", **given.dict()}
    if given.get("run"):
        found["source"] = f"run:{given['run']}"
    if "source" in given:
        found |= {name: name in given for name in SWITCHES}
    return {**found, **{name: given.getlist(name) for name in MANY}}


def preview_page(wish: queries.Wish, workspace: Workspace, overlap: int) -> dict[str, Any]:
    """What a queue would hold, with bars that compare its parts."""
    found = queries.preview(wish, workspace_id=workspace.pk, overlap=overlap)
    tables = [
        ("By criterion", found.criteria),
        ("By model", found.models),
        ("By group", [] if wish.rule.get("by") in {"criterion", "model"} else found.strata),
    ]
    shown = [(title, parts, max(part.drawn for part in parts)) for title, parts in tables if len(parts) > 1]
    return {"preview": found, "tables": shown, "seconds": round(found.hours * 3600)}


def drawn_page(queue: Queue) -> dict[str, Any]:
    """How a queue was drawn and for whom, in words and numbers."""
    return {
        "drawn_by": _rule_in_words(queue.rule),
        "known": queue.items.filter(is_gold=True).count() if queue.gold_share else 0,
        "repeats": queue.items.filter(repeat_of__isnull=False).count() if queue.repeat_share else 0,
        "settled_by": queries.RULES_OF_CONSENSUS[queue.consensus.get("rule", "")],
        "people": [person.name for person in queue.assignees.order_by("username")],
    }


def _rule_in_words(rule: dict[str, Any]) -> str:
    kind = rule.get("kind", "")
    if kind == "alarm":
        return f"the rollouts behind an alarm of a training run, step {rule.get('step')}"
    if kind not in draws.RULES:
        return "what a cascade left undecided"
    more = {"stratified": rule.get("by", "criterion"), "uncertain": rule.get("measure", "margin")}
    said = f" ({str(more[kind]).replace('_', ' ')})" if kind in more else ""
    return f"{draws.RULES[kind].title}{said}"

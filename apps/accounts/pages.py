"""What the pages of Admin show beside their own content."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import forms, queries, registry
from apps.accounts.models import Delivery, Membership, Token, User, Webhook
from apps.accounts.permissions import Actor, scopes_of
from apps.core import navigation, shortcuts
from apps.history.models import Entry

SHOWN_DAYS = 30
SHOWN_DELIVERIES = 25
_TRAINS = "rewards:write asks for rewards, rubrics:read pins a rubric: that is all a training job needs."
_READS = "rubrics:read and data:read are all that a script needs which reads rubrics beside the data they judge."


@dataclass(frozen=True)
class MemberRow:
    """A member with the form that changes their role."""

    member: Membership
    form: forms.RoleForm
    is_self: bool


@dataclass(frozen=True)
class WorkspaceRow:
    """A workspace one belongs to, and the way in."""

    member: Membership
    url: str


def workspaces(memberships: list[Membership]) -> list[WorkspaceRow]:
    """One's workspaces, each with its first page."""
    first = navigation.places()[0]
    return [WorkspaceRow(member, first.url(member.workspace.slug)) for member in memberships]


def members(actor: Actor, invite_form: forms.InviteForm) -> dict[str, Any]:
    """The page of members and open links."""
    rows = [
        MemberRow(
            member,
            forms.RoleForm(initial={"role": member.role}, auto_id=f"role-{member.pk}"),
            member.user_id == actor.user.pk,
        )
        for member in queries.members(actor)
    ]
    return {
        "tabs": registry.tabs(actor, "Members"),
        "rows": rows,
        "invitations": queries.open_invitations(actor),
        "form": invite_form,
        "role_help": [text.partition(": ") for text in forms.ROLE_HELP.values()],
    }


def tokens(actor: Actor, form: forms.TokenForm) -> dict[str, Any]:
    """The page of tokens; its example names scopes that the person may give."""
    return {
        "tabs": registry.tabs(actor, "Tokens"),
        "tokens": queries.tokens(actor),
        "form": form,
        "example": _TRAINS if "rewards:write" in scopes_of(actor.role) else _READS,
    }


def token(actor: Actor, found: Token, form: forms.RotateForm) -> dict[str, Any]:
    """The page of one token: what it may do, and its last 30 days."""
    days = queries.token_use(found, days=SHOWN_DAYS)
    return {
        "tabs": registry.tabs(actor, "Tokens"),
        "token": found,
        "replaces": getattr(found, "replaces", None),
        "form": form,
        "may_rotate": found.is_live and found.replaced_by_id is None and found.created_by_id == actor.user.pk,
        "used": any(day.calls for day in days),
        "totals": {name: sum(getattr(day, name) for day in days) for name in ("calls", "items", "errors", "throttled")},
        "figure": _use_figure(days),
        "table": {
            "columns": ["day (UTC)", "calls", "items", "errors", "of them over the rate"],
            "rows": [[one.day.isoformat(), one.calls, one.items, one.errors, one.throttled] for one in reversed(days)],
        },
    }


def _use_figure(days: list[queries.Use]) -> dict[str, Any]:
    """Calls a day as bars, those that failed on top."""
    import plotly.graph_objects as go

    told = [one.day.isoformat() for one in days]
    figure = go.Figure(
        [
            go.Bar(x=told, y=[one.calls - one.errors for one in days], name="served"),
            go.Bar(x=told, y=[one.errors for one in days], name="errors", meta={"tone": "neg"}),
        ]
    )
    figure.update_layout(
        height=240,
        barmode="stack",
        yaxis_title="calls",
        yaxis_rangemode="tozero",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    )
    found: dict[str, Any] = json.loads(figure.to_json())
    return found


def webhooks(actor: Actor) -> dict[str, Any]:
    """The page of webhooks."""
    return {"tabs": registry.tabs(actor, "Webhooks"), "webhooks": queries.webhooks(actor)}


def webhook(
    actor: Actor, found: Webhook, *, number: str | None = None, change: forms.WebhookChangeForm | None = None,
    rotate: forms.SecretForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The page of one webhook: its log, and what can be done with it."""
    page = Paginator(queries.deliveries(actor, found), SHOWN_DELIVERIES).get_page(number)
    initial = {"name": found.name, "url": found.url, "events": found.events, "on": found.off_at is None}
    return {
        "tabs": registry.tabs(actor, "Webhooks"),
        "webhook": found,
        "page": page,
        "live": any(one.state == Delivery.State.WAITING for one in page),
        "old_signs": found.old_until is not None and found.old_until > timezone.now(),
        "change": change or forms.WebhookChangeForm(initial=initial),
        "rotate": rotate or forms.SecretForm(),
        "days": settings.STUDIO_WEBHOOK_LOG_DAYS,
    }


@dataclass(frozen=True)
class EntryRow:
    """An entry of the history in words."""

    entry: Entry
    target: str
    details: list[tuple[str, str]]


def entry_rows(entries: list[Entry], members: list[Membership]) -> list[EntryRow]:
    """Entries with the present names of the members they are about; the records themselves hold none."""
    names = {("membership", str(member.pk)): member.user.name for member in members}
    names |= {("user", str(member.user_id)): member.user.name for member in members}
    return [EntryRow(entry, _target(entry, names), _details(entry.detail)) for entry in entries]


def _target(entry: Entry, names: dict[tuple[str, str], str]) -> str:
    name = names.get((entry.target_type, entry.target_id))
    return name or f"{entry.target_type} {entry.target_label}".strip()


def _details(detail: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key.replace("_", " "), _said(value)) for key, value in detail.items() if value not in (None, "", [], {})]


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value[:5]) + (" …" if len(value) > 5 else "")
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(one)}" for key, one in list(value.items())[:5])
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def link_address(request: HttpRequest, secret: str) -> str:
    """The whole address of an invitation, under the name by which people reach the studio."""
    path = reverse("accounts:link", args=[secret])
    return (
        settings.STUDIO_PUBLIC_URL.rstrip("/") + path
        if settings.STUDIO_PUBLIC_URL
        else request.build_absolute_uri(path)
    )


@dataclass(frozen=True)
class KeyRow:
    """A shortcut on the Keys page: what is typed for it now, and why it cannot be had."""

    name: str
    default: str
    does: str
    value: str
    problem: str


def key_rows(person: User, typed: Mapping[str, str], problems: Mapping[str, str]) -> list[KeyRow]:
    """Every shortcut with the person's own key, or with what was typed and refused."""
    return [
        KeyRow(
            name := f"key-{number}",
            shortcut.key,
            shortcut.does,
            typed.get(name, person.keys.get(shortcut.key, "")),
            problems.get(shortcut.key, ""),
        )
        for number, shortcut in enumerate(shortcuts.SHORTCUTS)
    ]


def typed_keys(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by the default key that it is to replace."""
    return {shortcut.key: typed.get(f"key-{number}", "") for number, shortcut in enumerate(shortcuts.SHORTCUTS)}

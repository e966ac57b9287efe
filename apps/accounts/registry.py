"""The tabs of Admin; upper apps add theirs at start."""

from dataclasses import dataclass

from django.urls import reverse

from apps.accounts.permissions import Actor, Role

_TABS: dict[str, tuple[str, Role]] = {
    "Members": ("accounts:members", Role.ADMIN),
    "Tokens": ("accounts:tokens", Role.VIEWER),
    "Webhooks": ("accounts:webhooks", Role.ADMIN),
    "History": ("history:list", Role.APPROVER),
    "Settings": ("accounts:settings", Role.ADMIN),
    "Sandbox": ("accounts:sandbox", Role.ADMIN),
}


@dataclass(frozen=True)
class Tab:
    """A tab of Admin."""

    label: str
    url: str
    active: bool


def register(label: str, url_name: str, role: Role) -> None:
    """Add a tab, or replace the one of this label; `role` is what it takes to open it."""
    _TABS[label] = (url_name, role)


def tabs(actor: Actor, active: str) -> list[Tab]:
    """The tabs this person may open."""
    return [
        Tab(label, reverse(name, args=[actor.workspace.slug]), label == active)
        for label, (name, role) in _TABS.items()
        if actor.can(role)
    ]

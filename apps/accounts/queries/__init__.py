"""What is known about people, workspaces, tokens and webhooks."""

from apps.accounts.queries.people import (
    LinkSpent,
    Policy,
    actor_for,
    actor_named,
    get_invitation,
    get_member,
    landing_actor,
    link,
    members,
    memberships_of,
    open_invitations,
    policy,
    workspaces_of,
)
from apps.accounts.queries.tokens import (
    TokenRefused,
    Use,
    actor_for_token,
    get_token,
    token_use,
    tokens,
    visible_tokens,
)
from apps.accounts.queries.webhooks import deliveries, get_delivery, get_webhook, webhooks

__all__ = [
    "LinkSpent",
    "Policy",
    "TokenRefused",
    "Use",
    "actor_for",
    "actor_for_token",
    "actor_named",
    "deliveries",
    "get_delivery",
    "get_invitation",
    "get_member",
    "get_token",
    "get_webhook",
    "landing_actor",
    "link",
    "members",
    "memberships_of",
    "open_invitations",
    "policy",
    "token_use",
    "tokens",
    "visible_tokens",
    "webhooks",
    "workspaces_of",
]

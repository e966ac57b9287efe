"""What is known about people, workspaces and tokens."""

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

__all__ = [
    "LinkSpent",
    "Policy",
    "TokenRefused",
    "Use",
    "actor_for",
    "actor_for_token",
    "actor_named",
    "get_invitation",
    "get_member",
    "get_token",
    "landing_actor",
    "link",
    "members",
    "memberships_of",
    "open_invitations",
    "policy",
    "token_use",
    "tokens",
    "visible_tokens",
    "workspaces_of",
]

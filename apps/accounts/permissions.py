"""Who may do what: roles in a workspace, scopes of a token."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.accounts.models import Token, User, Workspace
from apps.core.roles import Role
from domain import errors

__all__ = ["SCOPES", "SCOPE_ROLE", "Actor", "Role"]

SCOPES = (
    "rubrics:read", "rubrics:write", "rubrics:approve", "data:read", "data:write", "judges:write", "runs:write",
    "rewards:write", "reviews:write", "proposals:write", "audits:write", "telemetry:write", "exports:read", "admin",
)  # fmt: skip

SCOPE_ROLE: dict[str, Role] = {
    "rubrics:read": Role.VIEWER,
    "data:read": Role.VIEWER,
    "exports:read": Role.VIEWER,
    "reviews:write": Role.ANNOTATOR,
    "rubrics:write": Role.AUTHOR,
    "data:write": Role.AUTHOR,
    "runs:write": Role.AUTHOR,
    "rewards:write": Role.AUTHOR,
    "proposals:write": Role.ANNOTATOR,
    "audits:write": Role.AUTHOR,
    "telemetry:write": Role.AUTHOR,
    "judges:write": Role.APPROVER,
    "rubrics:approve": Role.APPROVER,
    "admin": Role.ADMIN,
}


def scopes_of(role: Role) -> frozenset[str]:
    """The scopes that a role's tokens may have."""
    return frozenset(scope for scope, needed in SCOPE_ROLE.items() if role.at_least(needed))


@dataclass(frozen=True)
class Actor:
    """A person acting in one workspace, in the browser (scopes None) or through a token."""

    user: User
    workspace: Workspace
    role: Role
    scopes: frozenset[str] | None = None
    token: Token | None = None

    def can(self, role: Role) -> bool:
        """Whether the person's role suffices."""
        return self.role.at_least(role)

    def require(self, role: Role, what: str) -> None:
        """Refuse with a reason unless the role suffices; `what` completes "to …"."""
        if not self.can(role):
            raise errors.NotAllowed(
                f"You need the role {role} or higher to {what}; yours is {self.role}.", code="role_too_low"
            )

    def require_scope(self, scope: str) -> None:
        """Refuse a token without the scope; people in the browser need none."""
        if self.scopes is not None and scope not in self.scopes:
            raise errors.NotAllowed(
                f"This token lacks the scope {scope}.", code="scope_missing", details={"scope": scope}
            )

    @property
    def via(self) -> str:
        """How the person came in, for the history."""
        return "web" if self.token is None else "token"


def check_scopes(actor: Actor, scopes: Collection[str]) -> None:
    """Refuse scopes that the person's role, or the token they came with, does not have."""
    if not scopes:
        raise errors.Invalid("Choose at least one scope: without one a token may do nothing.", code="scopes_missing")
    held = scopes_of(actor.role) if actor.scopes is None else scopes_of(actor.role) & actor.scopes
    if beyond := sorted(set(scopes) - held):
        raise errors.NotAllowed(
            f"As {actor.role} you cannot give a token the scope {', '.join(beyond)}.",
            code="scope_beyond_role",
            details={"scopes": beyond},
        )


def check_token_owner(actor: Actor, token: Token) -> None:
    """Refuse to touch somebody else's token, except to an admin."""
    if token.created_by_id != actor.user.pk and not actor.can(Role.ADMIN):
        raise errors.NotAllowed("Only an admin may revoke somebody else's token.", code="token_of_another")


def check_token_maker(actor: Actor, token: Token) -> None:
    """Refuse to renew somebody else's token, also to an admin: whoever holds the secret acts as that person."""
    if token.created_by_id != actor.user.pk:
        raise errors.NotAllowed("Only who made a token may rotate it. An admin can revoke it.", code="token_of_another")


def check_webhooks(actor: Actor) -> None:
    """Refuse webhooks to all but admins: they carry word of the workspace out of the studio."""
    actor.require(Role.ADMIN, "see and set up webhooks")
    actor.require_scope("admin")


def check_password_link(actor: Actor, person: User) -> None:
    """Refuse a password link for somebody who also works where the admin is none: it would open that workspace too."""
    theirs = set(person.memberships.filter(active=True).values_list("workspace_id", flat=True))
    mine = set(actor.user.memberships.filter(active=True, role=Role.ADMIN).values_list("workspace_id", flat=True))
    if theirs - mine:
        raise errors.NotAllowed(
            f"{person.name} also belongs to a workspace where you are no admin, so you cannot reset their password. "
            "Ask whoever runs the studio.",
            code="member_elsewhere",
        )


def check_create_workspace(user: User) -> None:
    """Refuse a new workspace to people who are an admin nowhere."""
    if not user.memberships.filter(active=True, role=Role.ADMIN).exists():
        raise errors.NotAllowed("Only an admin of a workspace may create another one.", code="role_too_low")

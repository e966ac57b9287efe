"""Who may do what: roles in a workspace, scopes of a token."""

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
    "proposals:write": Role.AUTHOR,
    "audits:write": Role.AUTHOR,
    "telemetry:write": Role.AUTHOR,
    "judges:write": Role.APPROVER,
    "rubrics:approve": Role.APPROVER,
    "admin": Role.ADMIN,
}


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

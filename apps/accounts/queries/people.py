"""What is known about people, workspaces and memberships."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Value, When

from apps.accounts import credentials
from apps.accounts.models import Invitation, Membership, User, Workspace
from apps.accounts.permissions import Actor, Role
from domain import errors


class LinkSpent(errors.NotFound):
    """A link that was used, withdrawn or has expired, or that never was one."""

    default_code = "link_spent"


@dataclass(frozen=True)
class Policy:
    """What a workspace has decided."""

    unlicensed_judge: str = "allow"
    retention_days: int | None = None

    @property
    def refuses_unlicensed(self) -> bool:
        """Whether a judge without a passed exam gives no rewards."""
        return self.unlicensed_judge == "refuse"


def actor_for(user: User, workspace_slug: str) -> Actor:
    """The person as an actor in a workspace; NotFound where they are no active member."""
    member = _live_memberships(user).filter(workspace__slug=workspace_slug).first()
    if member is None:
        raise errors.NotFound("There is no such workspace, or you are not a member of it.", code="workspace_unknown")
    return Actor(user=user, workspace=member.workspace, role=Role(member.role))


def actor_named(workspace_slug: str, username: str) -> Actor:
    """A person acting outside the browser, with the role they have in the workspace."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise errors.NotFound(f"There is no active person named {username}.", code="member_unknown")
    return actor_for(user, workspace_slug)


def landing_actor(user: User, last_slug: str = "") -> Actor | None:
    """The person in the workspace they were in last, else in their first; None where they belong to none."""
    last_first = Case(When(workspace__slug=last_slug, then=Value(0)), default=Value(1), output_field=IntegerField())
    member = _live_memberships(user).order_by(last_first, "workspace__name").first()
    return Actor(user=user, workspace=member.workspace, role=Role(member.role)) if member else None


def _live_memberships(user: User) -> QuerySet[Membership]:
    return Membership.objects.select_related("workspace").filter(user=user, active=True, user__is_active=True)


def workspaces_of(user: User) -> list[Workspace]:
    """The workspaces a person belongs to, by name."""
    return list(Workspace.objects.filter(memberships__user=user, memberships__active=True).order_by("name"))


def memberships_of(user: User) -> list[Membership]:
    """The person's active memberships with their workspaces, by name."""
    return list(_live_memberships(user).order_by("workspace__name"))


def policy(workspace: Workspace) -> Policy:
    """What the workspace has decided, defaults included."""
    kept = workspace.settings
    return Policy(kept.get("unlicensed_judge", "allow"), kept.get("retention_days"))


def members(actor: Actor) -> list[Membership]:
    """All members, active ones first."""
    rows = Membership.objects.filter(workspace=actor.workspace).select_related("user")
    return list(rows.order_by("-active", "user__username"))


def get_member(actor: Actor, member_id: int) -> Membership:
    """One member of the actor's workspace."""
    member = Membership.objects.filter(workspace=actor.workspace, pk=member_id).select_related("user").first()
    if member is None:
        raise errors.NotFound("There is no such member here.", code="member_unknown")
    return member


def open_invitations(actor: Actor) -> Sequence[Invitation]:
    """Links that were not used yet, newest first, expired ones included."""
    rows = Invitation.objects.filter(workspace=actor.workspace, used_at=None).select_related("created_by", "user")
    return list(rows.order_by("-pk"))


def get_invitation(actor: Actor, invitation_id: int) -> Invitation:
    """One unused link of the actor's workspace."""
    found = Invitation.objects.filter(workspace=actor.workspace, pk=invitation_id, used_at=None).first()
    if found is None:
        raise errors.NotFound("There is no such open invitation.", code="invitation_unknown")
    return found


def link(secret: str) -> Invitation:
    """The live link with this secret, found by its hash only."""
    rows = Invitation.objects.select_related("workspace", "user")
    found = rows.filter(secret_hash=credentials.fingerprint(secret)).first() if _formed(secret) else None
    if found is None or not found.is_live:
        raise LinkSpent("This link was used, has expired or was withdrawn.")
    return found


def _formed(secret: str) -> bool:
    return credentials.is_link_secret(secret)

"""What is known about people and workspaces."""

from apps.accounts.models import Membership, User, Workspace
from apps.accounts.permissions import Actor, Role
from domain import errors


def actor_for(user: User, workspace_slug: str) -> Actor:
    """The person as an actor in a workspace; NotFound where they are no active member."""
    member = (
        Membership.objects.select_related("workspace")
        .filter(user=user, workspace__slug=workspace_slug, active=True, user__is_active=True)
        .first()
    )
    if member is None:
        raise errors.NotFound("There is no such workspace, or you are not a member of it.", code="workspace_unknown")
    return Actor(user=user, workspace=member.workspace, role=Role(member.role))


def workspaces_of(user: User) -> list[Workspace]:
    """The workspaces a person belongs to, by name."""
    return list(Workspace.objects.filter(memberships__user=user, memberships__active=True).order_by("name"))

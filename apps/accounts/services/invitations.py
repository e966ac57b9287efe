"""Links that let one person join, or set a new password; the secret is shown once and kept as a hash."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from apps.accounts import credentials, permissions, queries
from apps.accounts.models import Invitation, Membership, User
from apps.accounts.permissions import Actor, Role
from apps.accounts.services import people
from apps.history import services as history
from domain import errors

JOIN_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=24)


class NewLink(NamedTuple):
    """A link and its secret, which is not stored."""

    invitation: Invitation
    secret: str


@transaction.atomic
def invite(*, by: Actor, role: Role, email: str = "") -> NewLink:
    """Make a link by which one person may join with a role."""
    by.require(Role.ADMIN, "invite people")
    by.require_scope("admin")
    made = _make(by, Invitation.Purpose.JOIN, JOIN_WITHIN, role=role, email=email.strip())
    detail = {"role": str(role)}
    history.record(by=by, workspace=by.workspace, action="member.invited", target=made.invitation, detail=detail)
    return made


@transaction.atomic
def make_password_link(*, by: Actor, member: Membership) -> NewLink:
    """Make a link by which a member may set a new password."""
    by.require(Role.ADMIN, "reset passwords")
    by.require_scope("admin")
    permissions.check_password_link(by, member.user)
    Invitation.objects.filter(
        workspace=by.workspace, purpose=Invitation.Purpose.PASSWORD, user=member.user, used_at=None
    ).delete()
    made = _make(by, Invitation.Purpose.PASSWORD, RESET_WITHIN, user=member.user)
    detail = {"person": member.user_id}
    history.record(by=by, workspace=by.workspace, action="member.password_link", target=made.invitation, detail=detail)
    return made


def _make(by: Actor, purpose: Invitation.Purpose, within: timedelta, **fields: object) -> NewLink:
    secret = credentials.new_link_secret()
    invitation = Invitation.objects.create(
        workspace=by.workspace,
        purpose=purpose,
        secret_hash=credentials.fingerprint(secret),
        created_by=by.user,
        expires_at=timezone.now() + within,
        **fields,
    )
    return NewLink(invitation, secret)


@transaction.atomic
def withdraw_invitation(*, by: Actor, invitation: Invitation) -> None:
    """Make a link useless before somebody uses it."""
    by.require(Role.ADMIN, "withdraw invitations")
    by.require_scope("admin")
    history.record(by=by, workspace=by.workspace, action="invitation.withdrawn", target=invitation)
    invitation.delete()


@transaction.atomic
def accept_invitation(*, secret: str, username: str, password: str, display_name: str = "") -> Actor:
    """Make an account by a link and join with it."""
    invitation = _use(secret, Invitation.Purpose.JOIN)
    user = people.new_account(username=username, password=password, display_name=display_name, email=invitation.email)
    return _join(invitation, user)


@transaction.atomic
def join_with_account(*, by: User, secret: str) -> Actor:
    """Join another workspace by a link, with the account one has."""
    return _join(_use(secret, Invitation.Purpose.JOIN), by)


@transaction.atomic
def set_password_by_link(*, secret: str, password: str) -> User:
    """Set a new password by a link."""
    invitation = _use(secret, Invitation.Purpose.PASSWORD)
    user = invitation.user
    if user is None or not user.is_active:
        raise queries.LinkSpent("The person of this link has no account any more.")
    people.check_password(password=password, user=user)
    people.put_password(user, password)
    history.record(by=None, workspace=invitation.workspace, action="person.password_reset", target=invitation)
    return user


def _use(secret: str, purpose: Invitation.Purpose) -> Invitation:
    """Spend a link; two people with the same link find one of them too late."""
    found = queries.link(secret)
    now = timezone.now()
    spent = Invitation.objects.filter(pk=found.pk, used_at=None, purpose=purpose, expires_at__gt=now)
    if spent.update(used_at=now) != 1:
        raise queries.LinkSpent("This link was used, has expired or was withdrawn.")
    return found


def _join(invitation: Invitation, user: User) -> Actor:
    role = Role(invitation.role)
    if Membership.objects.filter(workspace=invitation.workspace, user=user).exists():
        raise errors.Conflict(
            f"You are already known in {invitation.workspace.name}. If you cannot get in, an admin can reactivate you.",
            code="member_already",
        )
    member = Membership.objects.create(workspace=invitation.workspace, user=user, role=role)
    actor = Actor(user=user, workspace=invitation.workspace, role=role)
    detail = {"invitation": invitation.pk, "role": str(role)}
    history.record(by=actor, workspace=invitation.workspace, action="member.joined", target=member, detail=detail)
    return actor

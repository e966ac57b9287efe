"""Roles of members; a workspace never loses its last admin."""

from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import Membership, Workspace
from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from domain import errors

MOST_SKILLS = 20
LONGEST_SKILL = 60


class LastAdmin(errors.Conflict):
    """Somebody has to be able to run the workspace."""

    default_code = "last_admin"


@transaction.atomic
def change_role(*, by: Actor, member: Membership, role: Role) -> Membership:
    """Give a member another role."""
    member = _locked(by, member, "change roles")
    if role != Role.ADMIN:
        _check_not_last(member)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    detail = {"from": before, "to": str(role)}
    history.record(by=by, workspace=by.workspace, action="member.role_changed", target=member, detail=detail)
    return member


@transaction.atomic
def set_skills(*, by: Actor, member: Membership, skills: Iterable[str]) -> Membership:
    """Say what a member knows; review queues can ask for it."""
    member = _locked(by, member, "change skills")
    wanted = sorted({one for one in (" ".join(each.split()).lower() for each in skills) if one})
    if len(wanted) > MOST_SKILLS or any(len(one) > LONGEST_SKILL or "\x00" in one for one in wanted):
        said = f"A member has at most {MOST_SKILLS} skills of at most {LONGEST_SKILL} characters."
        raise errors.Invalid(said, code="skills_invalid", problems=[errors.Problem("/skills", said)])
    member.skills = wanted
    member.save(update_fields=["skills"])
    history.record(
        by=by, workspace=by.workspace, action="member.skills_changed", target=member, detail={"skills": wanted}
    )
    return member


@transaction.atomic
def deactivate_member(*, by: Actor, member: Membership) -> Membership:
    """Shut the workspace for a member; what they did stays, their tokens stop at once."""
    member = _locked(by, member, "deactivate members")
    _check_not_last(member)
    return _set_active(by, member, active=False)


@transaction.atomic
def reactivate_member(*, by: Actor, member: Membership) -> Membership:
    """Open the workspace again for a member."""
    return _set_active(by, _locked(by, member, "reactivate members"), active=True)


def _locked(by: Actor, member: Membership, what: str) -> Membership:
    """The member, with the workspace locked so that two admins cannot remove each other at once."""
    by.require(Role.ADMIN, what)
    by.require_scope("admin")
    Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    found = Membership.objects.select_related("user").filter(workspace=by.workspace, pk=member.pk).first()
    if found is None:
        raise errors.NotFound("There is no such member here.", code="member_unknown")
    return found


def _check_not_last(member: Membership) -> None:
    if member.role != Role.ADMIN or not member.active:
        return
    others = Membership.objects.filter(
        workspace=member.workspace_id, role=Role.ADMIN, active=True, user__is_active=True
    ).exclude(pk=member.pk)
    if not others.exists():
        raise LastAdmin(
            f"{member.user.name} is the only admin here. Make somebody else an admin first, "
            "so that the workspace can still be run."
        )


def _set_active(by: Actor, member: Membership, *, active: bool) -> Membership:
    member.active = active
    member.save(update_fields=["active"])
    action = "member.reactivated" if active else "member.deactivated"
    history.record(by=by, workspace=by.workspace, action=action, target=member)
    return member

"""Erases a person: their name, address and words go; ids, decisions and the history stay."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Invitation, Membership, Token, User
from apps.accounts.services.members import LastAdmin
from apps.accounts.signals import person_erased
from apps.history import services as history


@transaction.atomic
def erase_person(*, user: User) -> str:
    """Replace a person by a neutral handle everywhere, and give the handle back."""
    handle = f"erased-{user.pk}"
    _check_not_last_anywhere(user)
    username, email = user.username, user.email
    person_erased.send(sender=User, user=user, handle=handle)
    Token.objects.filter(created_by=user, revoked_at=None).update(revoked_at=timezone.now())
    Membership.objects.filter(user=user).update(active=False, skills=[])
    Invitation.objects.filter(user=user).delete()
    if email:
        Invitation.objects.filter(email__iexact=email).update(email="")
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        log.objects.filter(username__iexact=username).delete()
    user.username, user.display_name, user.email = handle, "", ""
    user.is_active, user.must_change_password, user.erased_at = False, False, timezone.now()
    user.set_unusable_password()
    user.save()
    history.record(by=None, workspace=None, action="person.erased", target=user, detail={"person": user.pk})
    return handle


def _check_not_last_anywhere(user: User) -> None:
    for member in Membership.objects.filter(user=user, role="admin", active=True).select_related("workspace"):
        admins = Membership.objects.filter(workspace=member.workspace, role="admin", active=True, user__is_active=True)
        if not admins.exclude(pk=member.pk).exists():
            raise LastAdmin(
                f"This person is the only admin of {member.workspace.name}. Make somebody else an admin there first."
            )

"""What can be done with people, workspaces and tokens: one function for each intention."""

from apps.accounts.services import limits, usage
from apps.accounts.services.erasure import erase_person
from apps.accounts.services.invitations import (
    NewLink,
    accept_invitation,
    invite,
    join_with_account,
    make_password_link,
    set_password_by_link,
    withdraw_invitation,
)
from apps.accounts.services.members import LastAdmin, change_role, deactivate_member, reactivate_member, set_skills
from apps.accounts.services.people import (
    THEMES,
    UsernameTaken,
    change_password,
    check_password,
    create_person,
    edit_profile,
    see_tour,
    set_keys,
    set_theme,
)
from apps.accounts.services.tokens import IssuedToken, issue_token, revoke_token, rotate_token
from apps.accounts.services.webhooks import (
    NewSecret,
    announce,
    change_webhook,
    create_webhook,
    delete_webhook,
    rotate_webhook,
    send_again,
    send_test,
)
from apps.accounts.services.workspaces import bootstrap, change_settings, create_workspace

__all__ = [
    "THEMES",
    "IssuedToken",
    "LastAdmin",
    "NewLink",
    "NewSecret",
    "UsernameTaken",
    "accept_invitation",
    "announce",
    "bootstrap",
    "change_password",
    "change_role",
    "change_settings",
    "change_webhook",
    "check_password",
    "create_person",
    "create_webhook",
    "create_workspace",
    "deactivate_member",
    "delete_webhook",
    "edit_profile",
    "erase_person",
    "invite",
    "issue_token",
    "join_with_account",
    "limits",
    "make_password_link",
    "reactivate_member",
    "revoke_token",
    "rotate_token",
    "rotate_webhook",
    "see_tour",
    "send_again",
    "send_test",
    "set_keys",
    "set_password_by_link",
    "set_skills",
    "set_theme",
    "usage",
    "withdraw_invitation",
]

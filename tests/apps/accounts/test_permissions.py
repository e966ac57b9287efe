"""Roles include each other; scopes end where the role ends."""

import pytest

from apps.accounts import permissions
from apps.accounts.permissions import SCOPE_ROLE, SCOPES, Actor, Role
from domain import errors
from tests import factories

ROLES = list(Role)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_includes_those_before_it(role: Role) -> None:
    assert [role.at_least(other) for other in ROLES] == [ROLES.index(role) >= n for n in range(len(ROLES))]


def test_every_scope_needs_a_role() -> None:
    assert set(SCOPES) == set(SCOPE_ROLE)
    assert permissions.scopes_of(Role.ADMIN) == set(SCOPES)
    assert permissions.scopes_of(Role.VIEWER) == {"rubrics:read", "data:read", "exports:read"}


@pytest.mark.django_db
def test_require_says_what_is_missing(bob: Actor) -> None:
    bob.require(Role.ANNOTATOR, "review")
    with pytest.raises(errors.NotAllowed, match="You need the role author or higher to write rubrics; yours is ann"):
        bob.require(Role.AUTHOR, "write rubrics")


@pytest.mark.django_db
def test_scopes_bind_programs_only(alice: Actor) -> None:
    alice.require_scope("admin")
    program = factories.make_actor(Role.AUTHOR, scopes=["rubrics:read"])
    program.require_scope("rubrics:read")
    with pytest.raises(errors.NotAllowed, match="lacks the scope rubrics:write"):
        program.require_scope("rubrics:write")


@pytest.mark.django_db
def test_scopes_beyond_role_or_token_are_refused(alice: Actor, bob: Actor) -> None:
    permissions.check_scopes(alice, SCOPES)
    with pytest.raises(errors.NotAllowed):
        permissions.check_scopes(bob, ["rubrics:write"])
    with pytest.raises(errors.Invalid):
        permissions.check_scopes(alice, [])
    program = factories.make_actor(Role.ADMIN, scopes=["rubrics:read"])
    with pytest.raises(errors.NotAllowed):
        permissions.check_scopes(program, ["admin"])


@pytest.mark.django_db
def test_a_password_link_opens_no_other_workspace(alice: Actor, bob: Actor, charlie: Actor) -> None:
    permissions.check_password_link(alice, bob.user)
    factories.make_member(Role.VIEWER, user=bob.user, workspace=charlie.workspace)
    with pytest.raises(errors.NotAllowed, match="also belongs to a workspace"):
        permissions.check_password_link(alice, bob.user)
    factories.make_member(Role.ADMIN, user=alice.user, workspace=charlie.workspace)
    permissions.check_password_link(alice, bob.user)


@pytest.mark.django_db
def test_workspaces_are_made_by_admins(alice: Actor, bob: Actor) -> None:
    permissions.check_create_workspace(alice.user)
    with pytest.raises(errors.NotAllowed):
        permissions.check_create_workspace(bob.user)

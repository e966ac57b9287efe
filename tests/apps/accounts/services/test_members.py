"""Roles of members; the last admin stays."""

import threading

import pytest
from django.db import connections

from apps.accounts import services
from apps.accounts.models import Membership
from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


def member_of(actor: Actor) -> Membership:
    return actor.user.memberships.get(workspace=actor.workspace)


def test_an_admin_changes_roles(alice: Actor, bob: Actor) -> None:
    services.change_role(by=alice, member=member_of(bob), role=Role.AUTHOR)
    assert member_of(bob).role == Role.AUTHOR
    entry = Entry.objects.get()
    assert (entry.action, entry.detail) == ("member.role_changed", {"from": "annotator", "to": "author"})


def test_others_change_nothing(alice: Actor, bob: Actor, charlie: Actor) -> None:
    approver = factories.make_actor(Role.APPROVER)
    for act in (services.deactivate_member, services.reactivate_member):
        for by, family in ((bob, errors.NotAllowed), (approver, errors.NotAllowed), (charlie, errors.NotFound)):
            with pytest.raises(family):
                act(by=by, member=member_of(alice))
    with pytest.raises(errors.NotAllowed):
        services.change_role(by=bob, member=member_of(bob), role=Role.ADMIN)
    with pytest.raises(errors.NotFound):
        services.change_role(by=charlie, member=member_of(bob), role=Role.ADMIN)


def test_a_program_needs_the_scope(alice: Actor, bob: Actor) -> None:
    program = Actor(alice.user, alice.workspace, Role.ADMIN, frozenset({"rubrics:read"}), factories.make_token())
    with pytest.raises(errors.NotAllowed, match="scope admin"):
        services.change_role(by=program, member=member_of(bob), role=Role.ADMIN)


def test_the_last_admin_stays(alice: Actor, bob: Actor) -> None:
    for act in (
        lambda: services.change_role(by=alice, member=member_of(alice), role=Role.AUTHOR),
        lambda: services.deactivate_member(by=alice, member=member_of(alice)),
    ):
        with pytest.raises(services.LastAdmin, match="alice is the only admin"):
            act()
    services.change_role(by=alice, member=member_of(alice), role=Role.ADMIN)
    second = factories.make_actor(Role.ADMIN)
    services.deactivate_member(by=alice, member=member_of(alice))
    with pytest.raises(services.LastAdmin):
        services.deactivate_member(by=second, member=member_of(second))


def test_an_admin_who_cannot_sign_in_does_not_count(alice: Actor) -> None:
    shut = factories.make_actor(Role.ADMIN)
    shut.user.is_active = False
    shut.user.save(update_fields=["is_active"])
    with pytest.raises(services.LastAdmin):
        services.deactivate_member(by=alice, member=member_of(alice))
    services.deactivate_member(by=alice, member=member_of(shut))


def test_deactivated_members_come_back(alice: Actor, bob: Actor) -> None:
    services.deactivate_member(by=alice, member=member_of(bob))
    assert not member_of(bob).active
    services.reactivate_member(by=alice, member=member_of(bob))
    assert member_of(bob).active


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_remove_each_other_at_once(alice: Actor) -> None:
    other = factories.make_actor(Role.ADMIN)
    start, outcomes = threading.Barrier(2), []

    def remove(by: Actor, whom: Actor) -> None:
        try:
            start.wait()
            services.deactivate_member(by=by, member=member_of(whom))
            outcomes.append("removed")
        except services.LastAdmin:
            outcomes.append("kept")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((alice, other), (other, alice))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "removed"]
    assert Membership.objects.filter(role="admin", active=True).count() == 1

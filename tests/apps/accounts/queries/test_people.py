"""Who is an actor where."""

import pytest

from apps.accounts import queries, services
from apps.accounts.models import Membership, User
from apps.accounts.permissions import Actor, Role
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


def test_members_are_actors_and_strangers_find_nothing(alice: Actor, bob: Actor, charlie: Actor) -> None:
    assert queries.actor_for(alice.user, "clinic").role == Role.ADMIN
    assert queries.actor_for(bob.user, "clinic").role == Role.ANNOTATOR
    for person, slug in ((charlie.user, "clinic"), (alice.user, "nowhere")):
        with pytest.raises(errors.NotFound):
            queries.actor_for(person, slug)


def test_the_deactivated_find_nothing(alice: Actor, bob: Actor) -> None:
    Membership.objects.filter(user=bob.user).update(active=False)
    with pytest.raises(errors.NotFound):
        queries.actor_for(bob.user, "clinic")
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    with pytest.raises(errors.NotFound):
        queries.actor_for(alice.user, "clinic")


def test_one_lands_where_one_was_last(alice: Actor, charlie: Actor) -> None:
    factories.make_member(Role.VIEWER, user=alice.user, workspace=charlie.workspace)
    landed = [queries.landing_actor(alice.user, slug) for slug in ("elsewhere", "clinic", "", "nowhere")]
    assert [actor.workspace.slug for actor in landed if actor] == ["elsewhere", "clinic", "clinic", "clinic"]
    assert queries.landing_actor(factories.make_user()) is None


def test_members_and_links_of_other_workspaces_do_not_exist(alice: Actor, charlie: Actor) -> None:
    theirs = charlie.user.memberships.get()
    made = services.invite(by=charlie, role=Role.VIEWER)
    with pytest.raises(errors.NotFound):
        queries.get_member(alice, theirs.pk)
    with pytest.raises(errors.NotFound):
        queries.get_invitation(alice, made.invitation.pk)
    assert queries.open_invitations(alice) == []


def test_policies_have_defaults(alice: Actor) -> None:
    assert queries.policy(alice.workspace) == queries.Policy("allow", None)
    services.change_settings(by=alice, name="Clinic", unlicensed_judge="refuse", retention_days=30)
    alice.workspace.refresh_from_db()
    assert queries.policy(alice.workspace).refuses_unlicensed
    assert queries.policy(alice.workspace).retention_days == 30

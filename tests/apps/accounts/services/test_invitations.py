"""Links work once, for one purpose, for a while."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import queries, services
from apps.accounts.models import Invitation, Membership, User
from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery"


def accept(secret: str, username: str = "dora") -> Actor:
    return services.accept_invitation(secret=secret, username=username, password=GOOD, display_name=" Dora D. ")


def test_an_invitation_makes_an_account_and_a_member(alice: Actor) -> None:
    made = services.invite(by=alice, role=Role.AUTHOR, email="dora@example.org")
    actor = accept(made.secret)
    assert (actor.workspace, actor.role, actor.user.name) == (alice.workspace, Role.AUTHOR, "Dora D.")
    assert actor.user.check_password(GOOD)
    assert actor.user.email == "dora@example.org"
    assert [entry.action for entry in Entry.objects.order_by("pk")] == ["member.invited", "member.joined"]
    assert made.secret not in str(list(Invitation.objects.values()) + list(Entry.objects.values()))
    assert "dora" not in str(list(Entry.objects.values())).lower()


def test_passwords_are_hashed_with_argon2(alice: Actor) -> None:
    actor = accept(services.invite(by=alice, role=Role.VIEWER).secret)
    assert actor.user.password.startswith("argon2$argon2id$")


def test_only_admins_invite(alice: Actor, bob: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        services.invite(by=bob, role=Role.VIEWER)
    made = services.invite(by=alice, role=Role.VIEWER)
    with pytest.raises(errors.NotAllowed):
        services.withdraw_invitation(by=bob, invitation=made.invitation)


def test_a_link_works_once(alice: Actor) -> None:
    made = services.invite(by=alice, role=Role.VIEWER)
    accept(made.secret)
    with pytest.raises(queries.LinkSpent):
        accept(made.secret, "eve")


def test_expired_withdrawn_and_unknown_links_do_not_work(alice: Actor) -> None:
    expired, withdrawn = (services.invite(by=alice, role=Role.VIEWER) for _ in range(2))
    Invitation.objects.filter(pk=expired.invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    services.withdraw_invitation(by=alice, invitation=withdrawn.invitation)
    for secret in (expired.secret, withdrawn.secret, "x" * 43, "short", ""):
        with pytest.raises(queries.LinkSpent):
            accept(secret)
    assert not User.objects.filter(username="dora").exists()


def test_links_are_found_by_hash_and_malformed_ones_without_a_query(alice: Actor, django_assert_num_queries) -> None:
    made = services.invite(by=alice, role=Role.VIEWER)
    with django_assert_num_queries(1):
        assert queries.link(made.secret) == made.invitation
    with django_assert_num_queries(0), pytest.raises(queries.LinkSpent):
        queries.link("short")


@pytest.mark.parametrize(
    ("username", "password", "family"),
    [("Alice", GOOD, errors.Conflict), ("a b", GOOD, errors.Invalid), ("dora", "12345", errors.Invalid),
     ("dora", "password12", errors.Invalid), ("dora.dora.dora", "dora.dora.dora", errors.Invalid),
     ("d" * 151, GOOD, errors.Invalid)],
)  # fmt: skip
def test_names_and_passwords_that_will_not_do_leave_the_link_open(
    alice: Actor, username: str, password: str, family: type[Exception]
) -> None:
    made = services.invite(by=alice, role=Role.VIEWER)
    with pytest.raises(family):
        services.accept_invitation(secret=made.secret, username=username, password=password)
    assert queries.link(made.secret).is_live


def test_people_join_with_the_account_they_have(alice: Actor, charlie: Actor, bob: Actor) -> None:
    actor = services.join_with_account(by=charlie.user, secret=services.invite(by=alice, role=Role.AUTHOR).secret)
    assert (actor.user, actor.workspace, actor.role) == (charlie.user, alice.workspace, Role.AUTHOR)
    made = services.invite(by=alice, role=Role.ADMIN)
    with pytest.raises(errors.Conflict):
        services.join_with_account(by=bob.user, secret=made.secret)
    assert Membership.objects.get(user=bob.user).role == Role.ANNOTATOR
    assert queries.link(made.secret).is_live


def test_a_password_link_sets_a_password(alice: Actor, bob: Actor) -> None:
    member = bob.user.memberships.get()
    old = services.make_password_link(by=alice, member=member)
    new = services.make_password_link(by=alice, member=member)
    with pytest.raises(queries.LinkSpent):
        services.set_password_by_link(secret=old.secret, password=GOOD)
    with pytest.raises(errors.Invalid):
        services.set_password_by_link(secret=new.secret, password="bob")
    User.objects.filter(pk=bob.user.pk).update(must_change_password=True)
    services.set_password_by_link(secret=new.secret, password=GOOD)
    bob.user.refresh_from_db()
    assert bob.user.check_password(GOOD)
    assert not bob.user.must_change_password
    with pytest.raises(queries.LinkSpent):
        services.set_password_by_link(secret=new.secret, password=GOOD)


def test_links_serve_their_purpose_only(alice: Actor, bob: Actor) -> None:
    password = services.make_password_link(by=alice, member=bob.user.memberships.get())
    join = services.invite(by=alice, role=Role.ADMIN)
    with pytest.raises(queries.LinkSpent):
        accept(password.secret)
    with pytest.raises(queries.LinkSpent):
        services.set_password_by_link(secret=join.secret, password=GOOD)


def test_password_links_are_for_admins_and_for_people_who_are_here_only(
    alice: Actor, bob: Actor, charlie: Actor
) -> None:
    with pytest.raises(errors.NotAllowed):
        services.make_password_link(by=bob, member=alice.user.memberships.get())
    both = factories.make_member(Role.VIEWER, user=charlie.user, workspace=alice.workspace)
    with pytest.raises(errors.NotAllowed, match="also belongs"):
        services.make_password_link(by=alice, member=both)


def test_a_shut_account_gets_no_password(alice: Actor, bob: Actor) -> None:
    made = services.make_password_link(by=alice, member=bob.user.memberships.get())
    User.objects.filter(pk=bob.user.pk).update(is_active=False)
    with pytest.raises(queries.LinkSpent):
        services.set_password_by_link(secret=made.secret, password=GOOD)

"""Accounts: made, named, given a password, erased."""

from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command

from apps.accounts import services
from apps.accounts.models import Token, User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.accounts.signals import person_erased
from apps.history import services as history
from apps.history.models import Entry
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery"


def test_admins_and_the_studio_make_people(alice: Actor, bob: Actor) -> None:
    given: dict[str, Any] = {"workspace": alice.workspace, "password": GOOD, "role": Role.AUTHOR}
    user = services.create_person(by=alice, username="dora", must_change_password=True, **given)
    assert (user.must_change_password, user.memberships.get().role) == (True, Role.AUTHOR)
    services.create_person(by=None, username="eve", **given)
    with pytest.raises(errors.NotAllowed):
        services.create_person(by=bob, username="fred", **given)
    with pytest.raises(services.UsernameTaken):
        services.create_person(by=alice, username="DORA", **given)


def test_a_new_password_needs_the_old_one(alice: Actor) -> None:
    user = factories.make_user(password="first password", must_change_password=True)
    for old, new in (("wrong", GOOD), ("first password", "short"), ("first password", "first password")):
        with pytest.raises(errors.Invalid):
            services.change_password(by=user, old=old, new=new)
    services.change_password(by=user, old="first password", new=GOOD)
    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert not user.must_change_password


def test_profile_and_theme(bob: Actor) -> None:
    services.edit_profile(by=bob.user, display_name=" Bob B. ", email="bob@example.org")
    services.set_theme(by=bob.user, theme="dark")
    bob.user.refresh_from_db()
    assert (bob.user.name, bob.user.theme) == ("Bob B.", "dark")
    with pytest.raises(errors.Invalid):
        services.set_theme(by=bob.user, theme="pink")


def test_erasing_leaves_a_handle(alice: Actor, bob: Actor) -> None:
    token = factories.make_token(workspace=bob.workspace, created_by=bob.user)
    entry = history.record(by=bob, workspace=bob.workspace, action="test.done", target=bob.user)
    AccessAttempt.objects.create(username="bob", ip_address="10.0.0.1", failures_since_start=1)
    heard = []

    def listen(sender: object, *, user: User, handle: str, **_: object) -> None:
        heard.append((user.username, handle))

    person_erased.connect(listen)
    handle = services.erase_person(user=bob.user)
    person_erased.disconnect(listen)
    assert heard == [("bob", handle)]
    erased = User.objects.get(pk=bob.user.pk)
    assert (erased.username, erased.email, erased.name, erased.is_active) == (handle, "", handle, False)
    assert erased.erased_at is not None
    assert not erased.has_usable_password()
    assert Token.objects.get(pk=token.pk).revoked_at is not None
    assert not erased.memberships.filter(active=True).exists()
    assert not AccessAttempt.objects.exists()
    entry.refresh_from_db()
    assert entry.actor_id == erased.pk
    assert "bob" not in str(list(Entry.objects.values()))


def test_the_last_admin_cannot_be_erased(alice: Actor) -> None:
    with pytest.raises(services.LastAdmin):
        services.erase_person(user=alice.user)


def test_the_erase_command_asks(alice: Actor, bob: Actor, monkeypatch) -> None:
    answers = iter(["no", "bob"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_person", "bob", stdout=StringIO())
    call_command("erase_person", "bob", stdout=StringIO())
    with pytest.raises(CommandError, match="no person"):
        call_command("erase_person", "bob", "--yes", stdout=StringIO())
    with pytest.raises(CommandError, match="only admin"):
        call_command("erase_person", "alice", "--yes", stdout=StringIO())


def test_the_erase_command_does_nothing_where_nobody_can_answer(bob: Actor, monkeypatch) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError):
        call_command("erase_person", "bob", stdout=StringIO())


def test_create_admin_makes_a_studio_and_does_nothing_twice(settings) -> None:
    settings.STUDIO_ADMIN_PASSWORD = GOOD
    out = StringIO()
    call_command("create_admin", "--username", "root", "--workspace", "main", stdout=out)
    call_command("create_admin", "--username", "root", stdout=out)
    assert GOOD not in out.getvalue()
    assert "exists already" in out.getvalue()
    user = User.objects.get()
    assert (user.check_password(GOOD), user.must_change_password) == (True, False)
    assert (Workspace.objects.get().name, user.memberships.get().role) == ("Main", Role.ADMIN)


def test_create_admin_prints_a_password_it_made_up() -> None:
    factories.make_workspace(slug="main")
    out = StringIO()
    call_command("create_admin", stdout=out)
    user = User.objects.get()
    assert user.check_password(out.getvalue().strip().rpartition(" ")[2])
    assert user.must_change_password


def test_create_admin_refuses_a_weak_password(settings) -> None:
    settings.STUDIO_ADMIN_PASSWORD = "admin"
    with pytest.raises(CommandError, match="too short"):
        call_command("create_admin", stdout=StringIO())
    assert not Workspace.objects.exists()

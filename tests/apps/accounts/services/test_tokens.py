"""Tokens are issued within bounds and revoked for good."""

import dataclasses
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import credentials, queries, services
from apps.accounts.models import Token
from apps.accounts.permissions import SCOPES, Actor, Role
from apps.history.models import Entry
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_secret_is_nowhere_in_the_database(alice: Actor) -> None:
    issued = services.issue_token(by=alice, name=" trainer ", scopes=["rewards:write", "admin"], expires_at=None)
    token = Token.objects.get()
    assert (token.name, token.scopes) == ("trainer", ["rewards:write", "admin"])
    assert token.secret_hash == credentials.fingerprint(issued.secret)
    assert issued.secret.startswith(token.prefix)
    assert issued.secret not in str(list(Token.objects.values()) + list(Entry.objects.values()))
    assert Entry.objects.get().action == "token.issued"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"scopes": []},
        {"expires_at": timezone.now() - timedelta(days=1)},
        {"requests_per_minute": 0},
        {"networks": ["10.0.0.0/99"]},
    ],
)
def test_what_will_not_do_is_refused(alice: Actor, wrong: dict) -> None:
    given = {"name": "x", "scopes": ["rubrics:read"], "expires_at": None, **wrong}
    with pytest.raises(errors.Invalid):
        services.issue_token(by=alice, **given)
    assert not Token.objects.exists()


MOST = {
    Role.VIEWER: "rubrics:read data:read exports:read",
    Role.ANNOTATOR: "reviews:write proposals:write",
    Role.AUTHOR: "rubrics:write data:write runs:write rewards:write audits:write telemetry:write",
    Role.APPROVER: "judges:write rubrics:approve",
    Role.ADMIN: "admin",
}


@pytest.mark.parametrize("role", list(Role))
def test_everybody_gives_what_they_have_and_no_more(role: Role) -> None:
    person = factories.make_actor(role)
    held = {scope for lower, names in MOST.items() if role.at_least(lower) for scope in names.split()}
    for scope in SCOPES:
        if scope in held:
            services.issue_token(by=person, name=scope, scopes=[scope], expires_at=None)
        else:
            with pytest.raises(errors.NotAllowed):
                services.issue_token(by=person, name=scope, scopes=["rubrics:read", scope], expires_at=None)
    assert {scope for token in Token.objects.all() for scope in token.scopes} == held
    for token in Token.objects.all():
        assert services.revoke_token(by=person, token=token).revoked_at


def test_a_token_shrinks_with_its_maker() -> None:
    person = factories.make_actor(Role.ANNOTATOR)
    issued = services.issue_token(by=person, name="x", scopes=["rubrics:read", "proposals:write"], expires_at=None)
    person.workspace.memberships.filter(user=person.user).update(role=Role.VIEWER)
    assert queries.actor_for_token(issued.secret).scopes == frozenset({"rubrics:read"})


def test_a_program_cannot_give_itself_more(alice: Actor) -> None:
    token = services.issue_token(by=alice, name="x", scopes=["admin"], expires_at=None).token
    program = Actor(alice.user, alice.workspace, Role.ADMIN, frozenset({"admin"}), token)
    services.issue_token(by=program, name="y", scopes=["admin"], expires_at=None)
    with pytest.raises(errors.NotAllowed):
        services.issue_token(by=program, name="z", scopes=list(SCOPES), expires_at=None)


def test_revoking_is_for_the_maker_and_for_admins(alice: Actor, bob: Actor) -> None:
    author = factories.make_actor(Role.AUTHOR)
    other = factories.make_actor(Role.AUTHOR)
    token = services.issue_token(by=author, name="x", scopes=["rubrics:read"], expires_at=None).token
    for by in (other, bob):
        with pytest.raises(errors.NotAllowed):
            services.revoke_token(by=by, token=token)
    services.revoke_token(by=author, token=token)
    first = Token.objects.get(pk=token.pk).revoked_at
    services.revoke_token(by=alice, token=token)
    assert Token.objects.get(pk=token.pk).revoked_at == first
    assert Entry.objects.filter(action="token.revoked").count() == 1


def test_a_program_revokes_only_itself() -> None:
    program = factories.make_actor(Role.AUTHOR, scopes=["rubrics:read"])
    other = factories.make_token(workspace=program.workspace, created_by=program.user)
    with pytest.raises(errors.NotAllowed):
        services.revoke_token(by=program, token=other)
    assert program.token is not None
    assert services.revoke_token(by=program, token=program.token).revoked_at


def test_a_rotated_token_lives_on_for_its_grace_and_no_longer(alice: Actor) -> None:
    ends = timezone.now() + timedelta(days=30)
    old = services.issue_token(
        by=alice, name="trainer", scopes=["rewards:write"], expires_at=ends, networks=["10.0.0.0/8"],
        requests_per_minute=60,
    )  # fmt: skip
    new = services.rotate_token(by=alice, token=old.token, grace=timedelta(hours=1))
    assert new.secret != old.secret
    for field in ("name", "scopes", "allowed_networks", "requests_per_minute", "created_by"):
        assert getattr(new.token, field) == getattr(old.token, field)
    assert new.token.expires_at is not None
    assert abs(new.token.expires_at - ends) < timedelta(minutes=5)
    assert queries.actor_for_token(old.secret, ip="10.0.0.1").token == old.token
    assert queries.actor_for_token(new.secret, ip="10.0.0.1").token == new.token
    kept = Token.objects.get(pk=old.token.pk)
    assert kept.replaced_by == new.token
    assert kept.expires_at is not None
    assert timedelta(minutes=55) < kept.expires_at - timezone.now() <= timedelta(hours=1)
    entry = Entry.objects.get(action="token.rotated")
    assert entry.detail["by"] == new.token.prefix
    with pytest.raises(errors.Conflict, match="already replaced"):
        services.rotate_token(by=alice, token=kept)


def test_without_a_grace_the_old_token_ends_at_once(alice: Actor) -> None:
    old = services.issue_token(by=alice, name="x", scopes=["rubrics:read"], expires_at=None)
    new = services.rotate_token(by=alice, token=old.token, grace=timedelta(0))
    assert new.token.expires_at is None
    with pytest.raises(queries.TokenRefused, match="expired"):
        queries.actor_for_token(old.secret)
    with pytest.raises(errors.Conflict, match="lapsed"):
        services.rotate_token(by=alice, token=old.token)


def test_rotation_gives_nobody_more_than_they_have(alice: Actor, bob: Actor) -> None:
    theirs = services.issue_token(by=bob, name="x", scopes=["rubrics:read", "reviews:write"], expires_at=None)
    with pytest.raises(errors.NotAllowed, match="Only who made"):
        services.rotate_token(by=alice, token=theirs.token)
    bob.user.memberships.update(role=Role.VIEWER)
    viewer = dataclasses.replace(bob, role=Role.VIEWER)
    assert services.rotate_token(by=viewer, token=theirs.token).token.scopes == ["rubrics:read"]
    hers = services.issue_token(by=alice, name="y", scopes=["rubrics:read", "judges:write"], expires_at=None)
    narrow = dataclasses.replace(alice, scopes=frozenset({"admin", "rubrics:read"}), token=theirs.token)
    with pytest.raises(errors.NotAllowed, match="judges:write"):
        services.rotate_token(by=narrow, token=hers.token)
    with pytest.raises(errors.Invalid, match="720"):
        services.rotate_token(by=alice, token=hers.token, grace=timedelta(days=31))


def test_a_token_may_rotate_itself(alice: Actor) -> None:
    issued = services.issue_token(by=alice, name="x", scopes=["rubrics:read"], expires_at=None)
    itself = queries.actor_for_token(issued.secret)
    assert services.rotate_token(by=itself, token=issued.token).token.scopes == ["rubrics:read"]

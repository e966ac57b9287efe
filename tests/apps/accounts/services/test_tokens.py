"""Tokens are issued within bounds and revoked for good."""

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

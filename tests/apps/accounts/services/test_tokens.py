"""Tokens are issued within bounds and revoked for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import credentials, services
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


def test_nobody_gives_more_than_they_have(bob: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        services.issue_token(by=bob, name="x", scopes=["rubrics:read"], expires_at=None)
    author = factories.make_actor(Role.AUTHOR)
    services.issue_token(by=author, name="x", scopes=["rewards:write"], expires_at=None)
    for scope in ("judges:write", "rubrics:approve", "admin"):
        with pytest.raises(errors.NotAllowed):
            services.issue_token(by=author, name="x", scopes=[scope], expires_at=None)


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

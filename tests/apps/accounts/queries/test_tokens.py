"""Who comes in with a token, and who does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import credentials, queries, services
from apps.accounts.models import Membership, Token, User
from apps.accounts.permissions import Actor, Role
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(alice: Actor) -> services.IssuedToken:
    ends = timezone.now() + timedelta(days=1)
    return services.issue_token(by=alice, name="trainer", scopes=["rewards:write", "judges:write"], expires_at=ends)


def refusal(secret: str, ip: str | None = None) -> str:
    with pytest.raises(queries.TokenRefused) as caught:
        queries.actor_for_token(secret, ip=ip)
    return caught.value.code


def test_a_live_token_makes_an_actor_in_one_query(
    alice: Actor, issued: services.IssuedToken, django_assert_num_queries
) -> None:
    queries.actor_for_token(issued.secret)
    with django_assert_num_queries(1):
        actor = queries.actor_for_token(issued.secret, ip="10.1.2.3")
        assert (actor.user.username, actor.workspace.slug, actor.role) == ("alice", "clinic", Role.ADMIN)
    assert actor.scopes == frozenset({"rewards:write", "judges:write"})
    assert (actor.via, actor.token) == ("token", issued.token)


def test_malformed_tokens_cost_no_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert refusal("rs_nonsense") == "token_malformed"
        assert refusal("") == "token_malformed"


def test_unknown_revoked_and_expired_tokens_open_nothing(alice: Actor, issued: services.IssuedToken) -> None:
    assert refusal(credentials.new_token_secret()) == "token_unknown"
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal(issued.secret) == "token_expired"
    services.revoke_token(by=alice, token=issued.token)
    assert refusal(issued.secret) == "token_revoked"


def test_a_token_ends_with_its_makers_membership(issued: services.IssuedToken) -> None:
    Membership.objects.update(active=False)
    assert refusal(issued.secret) == "token_orphaned"
    Membership.objects.update(active=True)
    User.objects.update(is_active=False)
    assert refusal(issued.secret) == "token_orphaned"


def test_scopes_shrink_with_the_makers_role(issued: services.IssuedToken) -> None:
    Membership.objects.update(role=Role.AUTHOR)
    assert queries.actor_for_token(issued.secret).scopes == frozenset({"rewards:write"})
    Membership.objects.update(role=Role.VIEWER)
    assert queries.actor_for_token(issued.secret).scopes == frozenset()


def test_networks(alice: Actor) -> None:
    issued = services.issue_token(
        by=alice, name="n", scopes=["rubrics:read"], expires_at=None, networks=["10.0.0.7/8", "2001:db8::/32"]
    )
    assert issued.token.allowed_networks == ["10.0.0.0/8", "2001:db8::/32"]
    for ip in ("10.9.9.9", "2001:db8::1", "::ffff:10.1.1.1"):
        assert queries.actor_for_token(issued.secret, ip=ip).user == alice.user
    for other in ("11.0.0.1", "2001:db9::1", None, "nonsense"):
        assert refusal(issued.secret, other) == "token_network"


def test_use_is_noted_once_a_minute(issued: services.IssuedToken) -> None:
    queries.actor_for_token(issued.secret)
    first = Token.objects.get().last_used_at
    assert first is not None
    queries.actor_for_token(issued.secret)
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - timedelta(minutes=2))
    queries.actor_for_token(issued.secret)
    later = Token.objects.get().last_used_at
    assert later is not None
    assert later > first


def test_authors_see_their_own_tokens_and_admins_all(alice: Actor, issued: services.IssuedToken) -> None:
    author = factories.make_actor(Role.AUTHOR)
    mine = services.issue_token(by=author, name="mine", scopes=["rubrics:read"], expires_at=None).token
    assert queries.tokens(author) == [mine]
    assert set(queries.tokens(alice)) == {mine, issued.token}
    assert queries.get_token(alice, mine.pk) == mine
    with pytest.raises(errors.NotFound):
        queries.get_token(author, issued.token.pk)


def test_strangers_find_no_token(charlie: Actor, issued: services.IssuedToken) -> None:
    assert queries.tokens(charlie) == []
    with pytest.raises(errors.NotFound):
        queries.get_token(charlie, issued.token.pk)

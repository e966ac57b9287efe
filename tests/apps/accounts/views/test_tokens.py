"""Tokens on screen."""

import re

import pytest
from django.urls import reverse

from apps.accounts import permissions, queries, services
from apps.accounts.models import Token
from apps.accounts.permissions import Actor, Role
from tests import factories

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=["clinic", *args])


BODY = {"name": "GRPO run", "scopes": ["rubrics:read", "rewards:write"], "lifetime": "30"}


def test_members_have_their_own_and_for_charlie_there_is_nothing(alice: Actor, bob: Actor, charlie: Actor) -> None:
    token = factories.make_token(workspace=alice.workspace, created_by=alice.user)
    people = (alice, bob, charlie)
    body = {**BODY, "scopes": ["rubrics:read"]}
    assert [factories.signed_in(who).get(url("tokens")).status_code for who in people] == [200, 200, 404]
    assert [factories.signed_in(who).post(url("token-issue"), body).status_code for who in people] == [200, 200, 404]
    revoke = url("token-revoke", token.pk)
    assert [factories.signed_in(who).post(revoke).status_code for who in reversed(people)] == [404, 404, 302]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_is_offered_what_their_role_allows(role: Role) -> None:
    browser = factories.signed_in(factories.make_actor(role))
    page = browser.get(url("tokens")).content.decode()
    offered = set(re.findall(r'name="scopes" value="([\w:]+)"', page))
    assert offered == permissions.scopes_of(role)
    assert ("rewards:write" in offered) == role.at_least(Role.AUTHOR)
    beyond = sorted(set(permissions.SCOPES) - offered)
    for scope in beyond:
        assert browser.post(url("token-issue"), {**BODY, "scopes": [scope]}).status_code == 422
    assert not Token.objects.exists()
    made = browser.post(url("token-issue"), {**BODY, "scopes": sorted(offered)})
    assert "rs_" in made.content.decode()


def test_the_secret_is_shown_once_and_works(alice: Actor) -> None:
    browser = factories.signed_in(alice)
    page = browser.post(url("token-issue"), {**BODY, "networks": "10.0.0.0/8\n", "requests_per_minute": "60"})
    found = re.search(r"rs_[\w-]{43}\w{6}", page.content.decode())
    assert found
    assert "no-store" in page["Cache-Control"]
    actor = queries.actor_for_token(found[0], ip="10.0.0.1")
    assert actor.scopes == frozenset({"rubrics:read", "rewards:write"})
    listed = browser.get(url("tokens")).content.decode()
    assert found[0] not in listed
    assert Token.objects.get().prefix in listed


def test_what_will_not_do_is_said_at_its_field(alice: Actor) -> None:
    browser = factories.signed_in(alice)
    answer = browser.post(url("token-issue"), {**BODY, "networks": "nonsense"})
    assert answer.status_code == 422
    assert "Write networks like 10.0.0.0/8" in answer.content.decode()
    assert browser.post(url("token-issue"), {"name": "x"}).status_code == 422
    assert not Token.objects.exists()


def test_an_author_cannot_touch_the_tokens_of_others(alice: Actor) -> None:
    token = services.issue_token(by=alice, name="hers", scopes=["rubrics:read"], expires_at=None).token
    browser = factories.signed_in(factories.make_actor(Role.AUTHOR))
    assert "hers" not in browser.get(url("tokens")).content.decode()
    assert browser.post(url("token-revoke", token.pk)).status_code == 404
    assert factories.signed_in(alice).post(url("token-revoke", token.pk)).status_code == 302
    assert "revoked" in factories.signed_in(alice).get(url("tokens")).content.decode()


def test_an_empty_list_says_what_tokens_are_for(alice: Actor) -> None:
    said = factories.signed_in(alice).get(url("tokens")).content.decode()
    assert "No token yet" in said
    assert "rewards:write asks for rewards" in said
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=alice.workspace)
    assert "rewards:write" not in factories.signed_in(annotator).get(url("tokens")).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_tokens(alice: Actor) -> None:
    browser, counts = factories.signed_in(alice), []
    for number in (1, 12):
        for _ in range(number):
            factories.make_token(workspace=alice.workspace)
        counts.append(factories.count_queries(browser, url("tokens")))
    assert browser.get(url("tokens")).content.decode().count("token-row-") == 13
    assert counts[0] == counts[1] <= 18


def test_a_token_shows_its_use(alice: Actor, bob: Actor) -> None:
    services.usage.flush()
    token = services.issue_token(by=bob, name="GRPO", scopes=["rubrics:read"], expires_at=None).token
    page = factories.signed_in(bob).get(url("token", token.pk)).content.decode()
    assert "Not used in these 30 days" in page
    assert "Make its successor" in page
    for status in (200, 200, 429):
        services.usage.note(token, status=status, items=4)
    services.usage.flush()
    page = factories.signed_in(alice).get(url("token", token.pk)).content.decode()
    assert "<dt>Calls</dt><dd>3</dd><dt>Items</dt><dd>8</dd><dt>Errors</dt><dd>1, of them 1 over the rate" in page
    assert "Make its successor" not in page
    stranger = factories.make_actor(Role.AUTHOR, workspace=alice.workspace)
    assert factories.signed_in(stranger).get(url("token", token.pk)).status_code == 404


def test_rotating_shows_the_successors_secret_once(alice: Actor, bob: Actor) -> None:
    old = services.issue_token(by=bob, name="GRPO", scopes=["rubrics:read"], expires_at=None)
    browser = factories.signed_in(bob)
    answer = browser.post(url("token-rotate", old.token.pk), {"grace_hours": "1"})
    found = re.search(r"rs_[\w-]{43}\w{6}", answer.content.decode())
    assert found
    assert found[0] != old.secret
    assert "no-store" in answer["Cache-Control"]
    assert queries.actor_for_token(found[0]).user == bob.user
    listed = browser.get(url("tokens")).content.decode()
    assert found[0] not in listed
    assert "replaced by" in listed
    assert browser.post(url("token-rotate", old.token.pk), {"grace_hours": "1"}).status_code == 409
    assert browser.post(url("token-rotate", old.token.pk), {"grace_hours": "5"}).status_code == 422
    assert factories.signed_in(alice).post(url("token-rotate", old.token.pk), {"grace_hours": "1"}).status_code == 403

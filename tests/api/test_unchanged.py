"""The door before Django: what a caller has already is answered by one read, all else is Django's."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import connections
from django.utils import timezone

from apps.accounts.models import Membership, Token
from apps.accounts.permissions import Role
from apps.accounts.services import limits
from apps.api.unchanged import UnchangedFirst
from apps.rubrics.models import Rubric, RubricVersion
from tests import factories
from tests.api.conftest import Caller, caller_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
WHERE = "/api/v1/rubrics/letters"
ANSWERED_BY = "X-Answered-By"
Change = Callable[[], Any]


class Door:
    """The door in front of Django, which leaves its name on what it answers."""

    def __init__(self) -> None:
        self.app = UnchangedFirst(self.behind)
        self.django: Any = get_asgi_application()

    async def behind(self, scope: Any, receive: Any, send: Any) -> None:
        async def signed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (ANSWERED_BY.lower().encode(), b"django")]
            await send(message)

        await self.django(scope, receive, signed)

    async def get(self, caller: Caller, where: str = WHERE, **headers: str) -> tuple[int, str, httpx.Headers]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            answer = await client.get(where, headers={**caller.headers, **named})
        return answer.status_code, answer.headers.get(ANSWERED_BY, "door"), answer.headers


@pytest.fixture
def bob(transactional_db: None) -> Iterator[Caller]:
    workspace = factories.make_workspace()
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    made = caller_of(factories.make_actor(Role.VIEWER, workspace=workspace))
    connections["default"].close()
    yield made
    connections["default"].close()


async def changed(change: Change) -> None:
    def all_of_it() -> None:
        change()
        connections["default"].close()

    await sync_to_async(all_of_it)()


async def test_what_has_not_changed_is_answered_before_django_and_says_the_same(bob: Caller):
    door = Door()
    status, by, first = await door.get(bob)
    assert (status, by) == (200, "django")
    again = await door.get(bob, If_None_Match=f'"x", W/{first["ETag"]}', X_Request_ID="mine-1")
    numbered = await door.get(bob, f"{WHERE}/versions/1", If_None_Match=first["ETag"])
    assert [(status, by) for status, by, _ in (again, numbered)] == [(304, "door")] * 2
    for name in ("ETag", "Vary", "Cache-Control", "RateLimit-Limit", "X-Content-Type-Options"):
        assert again[2][name] == numbered[2][name] == first[name], name
    assert again[2]["X-Request-ID"] == "mine-1"
    assert len(numbered[2]["X-Request-ID"]) == 32
    for left in (
        await door.get(bob, WHERE + "?x=1", If_None_Match=first["ETag"]),
        await door.get(bob, If_None_Match=first["ETag"], Host="elsewhere.example"), await door.get(bob),
        await door.get(bob, If_None_Match='"sha256:0;approved"'),
    ):  # fmt: skip
        assert left[1] == "django"
    await door.app.close()


async def test_nothing_of_a_token_or_a_version_is_remembered(bob: Caller):
    door = Door()
    _, _, first = await door.get(bob)
    tokens, members = Token.objects.filter(workspace=bob.actor.workspace), Membership.objects.all()
    versions = RubricVersion.objects.filter(rubric__slug="letters")
    now, scopes = timezone.now(), await sync_to_async(lambda: tokens.get().scopes)()
    stories: list[tuple[int, Change, Change]] = [
        (401, lambda: tokens.update(revoked_at=now), lambda: tokens.update(revoked_at=None)),
        (401, lambda: tokens.update(expires_at=now), lambda: tokens.update(expires_at=None)),
        (401, lambda: tokens.update(allowed_networks=["10.0.0.0/8"]), lambda: tokens.update(allowed_networks=[])),
        (401, lambda: members.update(active=False), lambda: members.update(active=True)),
        (403, lambda: tokens.update(scopes=["data:read"]), lambda: tokens.update(scopes=scopes)),
        (304, lambda: tokens.update(last_used_at=now - timedelta(hours=1)), lambda: None),
        (404, lambda: Rubric.objects.update(slug="other"), lambda: Rubric.objects.update(slug="letters")),
        (429, lambda: [tokens.update(requests_per_minute=1), limits.take(tokens.get())],
         lambda: [tokens.update(requests_per_minute=None), limits._buckets.popitem()]),
    ]  # fmt: skip
    for status, change, back in stories:
        await changed(change)
        assert (await door.get(bob, If_None_Match=first["ETag"]))[:2] == (status, "django"), status
        await changed(back)
        assert (await door.get(bob, If_None_Match=first["ETag"]))[:2] == (304, "door"), status
    assert await sync_to_async(tokens.filter(last_used_at__gt=now).exists)()
    await changed(lambda: versions.update(status="retired"))
    assert (await door.get(bob, If_None_Match=first["ETag"]))[:2] == (404, "django")
    await door.app.close()


async def test_where_the_database_is_away_django_answers(bob: Caller, monkeypatch: pytest.MonkeyPatch):
    door = Door()
    _, _, first = await door.get(bob)
    with monkeypatch.context() as away:
        away.setattr("apps.core.lines.address", lambda: {"host": "/nowhere", "dbname": "x"})
        assert (await door.get(bob, If_None_Match=first["ETag"]))[:2] == (304, "django")
    assert (await door.get(bob, If_None_Match=first["ETag"]))[:2] == (304, "door")
    await door.app.close()

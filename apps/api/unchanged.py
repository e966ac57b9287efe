"""The door before Django: a rubric that its caller has already is answered by one read, everything else goes on.

Nothing of a token is remembered: the read that looks at the version looks at the token too, so one that was revoked
opens nothing from the next call on. What is no plain 304 is left to Django, with all its refusals.
"""

import asyncio
import logging
import re
import weakref
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from apps.accounts import queries as accounts
from apps.accounts.models import Token
from apps.accounts.permissions import Role, scopes_of
from apps.accounts.services import limits, usage
from apps.api.auth import bearer_of
from apps.api.rubrics import CACHING, READ, etag, named_in
from apps.core import lines, request_ids

log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
MOST_TOGETHER = 64
VARY = "Authorization, Cookie"
"""As Django says it, whose sessions read the cookie of every call."""
_PATH = re.compile(r"/api/v1/rubrics/([-a-zA-Z0-9_]+)(?:/versions/([0-9]{1,9}))?")
_ONCE = (b"authorization", b"if-none-match", b"host", b"x-request-id", b"x-forwarded-proto")
_READ = """
SELECT asked.place, token.id, token.requests_per_minute, token.scopes, token.role, version.digest, version.status
  FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[]) AS asked(place, secret, slug, number)
  JOIN (LIVE_TOKENS) token ON token.secret_hash = asked.secret
  JOIN rubrics_rubric rubric ON rubric.workspace_id = token.workspace_id AND rubric.slug = asked.slug
  JOIN rubrics_rubricversion version ON version.rubric_id = rubric.id AND version.digest <> ''
   AND CASE WHEN asked.number IS NULL THEN version.status = 'approved'
            ELSE version.number = asked.number AND version.status <> 'draft' END
""".replace("LIVE_TOKENS", accounts.LIVE_TOKENS)


class _Asked(NamedTuple):
    """Whose call it is, and about which version: a number, or the approved one."""

    secret: str
    slug: str
    number: int | None


class _Found(NamedTuple):
    """The token and the version as they are now."""

    token_id: int
    per_minute: int | None
    scopes: list[str]
    role: str
    digest: str
    status: str


class _Line:
    """One connection of the event loop; calls that come while it reads are read together next."""

    def __init__(self) -> None:
        self._line: psycopg.AsyncConnection[Any] | None = None
        self._waiting: list[tuple[_Asked, asyncio.Future[_Found | None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def read(self, asked: _Asked) -> _Found | None:
        """What there is to a call; nothing where Django has to say why not."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Found | None] = loop.create_future()
        self._waiting.append((asked, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work())
        return await future

    async def close(self) -> None:
        """Give the connection back."""
        if self._line is not None:
            await self._line.close()

    async def _work(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            found: Mapping[int, _Found] = {}
            try:
                found = await self._rows([asked for asked, _ in taken])
            except (psycopg.Error, OSError) as away:
                log.warning("rubrics that have not changed are left to Django for now (%s)", away)
                await self.close()
            finally:
                for place, (_, future) in enumerate(taken):
                    if not future.done():
                        future.set_result(found.get(place))

    async def _rows(self, asked: Sequence[_Asked]) -> dict[int, _Found]:
        if self._line is None or self._line.closed:
            self._line = await psycopg.AsyncConnection.connect(**lines.address(), autocommit=True)
        columns = [list(column) for column in zip(*asked, strict=True)]
        rows = await self._line.execute(_READ, [list(range(len(asked))), *columns], prepare=True)
        return {place: _Found(*row) for place, *row in await rows.fetchall()}


class UnchangedFirst:
    """An ASGI application that answers 304 where it can, and else hands over to the one behind it."""

    def __init__(self, behind: App) -> None:
        """`behind` is Django."""
        self._behind = behind
        self._lines: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = weakref.WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or go on."""
        headers = await self._headers(scope)
        if headers is None:
            await self._behind(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def close(self) -> None:
        """Give back this loop's connection."""
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line is not None:
            await line.close()

    async def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]] | None:
        """The headers of a 304; none where Django is to answer."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            return None
        place = _PATH.fullmatch(scope["path"])
        given = _given(scope) if place else None
        if place is None or given is None or not _may_come_in(scope, given):
            return None
        secret = accounts.live_token_key(bearer_of(given.get(b"authorization", "")) or "")
        if secret is None:
            return None
        line = self._lines.setdefault(asyncio.get_running_loop(), _Line())
        found = await line.read(_Asked(secret, place[1], int(place[2]) if place[2] else None))
        return _answer(found, given) if found else None


def _given(scope: Scope) -> dict[bytes, str] | None:
    """The headers that matter; none for a call without If-None-Match, with a body, or with one of them twice."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in {b"content-length", b"transfer-encoding"} or (name in found and name in _ONCE):
            return None
        found[name] = value.decode("latin-1")
    return found if b"if-none-match" in found else None


def _may_come_in(scope: Scope, given: Mapping[bytes, str]) -> bool:
    """Whether Django would neither refuse the host nor lead to HTTPS."""
    host, _ = split_domain_port(given.get(b"host", ""))
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        return False
    if not settings.SECURE_SSL_REDIRECT:
        return True
    proxied = settings.BEHIND_PROXY and given.get(b"x-forwarded-proto") == "https"
    return proxied or (scope.get("scheme") == "https" and not settings.BEHIND_PROXY)


def _answer(found: _Found, given: Mapping[bytes, str]) -> list[tuple[bytes, bytes]] | None:
    """What a caller with the scope, within their rate, is told of a version that they have."""
    tag = etag(found.digest, found.status)
    may_read = READ in found.scopes and READ in scopes_of(Role(found.role))
    if not may_read or not named_in(given[b"if-none-match"], tag):
        return None
    token = Token(pk=found.token_id, requests_per_minute=found.per_minute)
    allowance = limits.take(token)
    if not allowance.allowed:
        return None
    usage.note(token, status=304)
    told = {
        "ETag": tag, **CACHING, "Vary": VARY, "X-Request-ID": request_ids.chosen(given.get(b"x-request-id", "")),
        **allowance.headers, "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return [(name.lower().encode(), value.encode()) for name, value in told.items()]

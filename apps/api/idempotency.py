"""`Idempotency-Key`: the same POST twice is done once and answered twice."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Token
from apps.accounts.permissions import Actor
from apps.api.models import IdempotentAnswer
from apps.api.renderers import JSONRenderer
from domain import errors

KEPT_HEADERS = ("Location", "ETag", "Retry-After")
GIVEN_UP = timedelta(minutes=10)


class KeyReused(errors.Invalid):
    """The key came before with another body."""

    default_code = "idempotency_key_reused"


class StillRunning(errors.Conflict):
    """The first request with this key has not been answered yet."""

    default_code = "idempotency_in_progress"


def digest_of(body: Any, query: str = "") -> str:
    """A digest of a parsed body, independent of the order of keys, and of the query."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return "sha256:" + hashlib.sha256(query.encode() + b"\n" + raw).hexdigest()


def check(key: str | None) -> None:
    """Refuse keys that do not fit."""
    if key is not None and (len(key) > 200 or not key.isprintable()):
        problem = errors.Problem("", "An Idempotency-Key has at most 200 printable characters.")
        raise errors.Invalid(problem.message, code="idempotency_key_invalid", problems=[problem])


def once(request: Request, actor: Actor, handle: Callable[[], Response]) -> Response:
    """Call `handle` unless the same token sent the same key before; then replay its answer."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or actor.token is None:
        return handle()
    check(key)
    digest = digest_of(request.data, request.META.get("QUERY_STRING", ""))
    row = _reserve(actor.token, key, request.path[:300], digest)
    if row.status is not None:
        return Response(row.body, status=row.status, headers={**row.headers, "Idempotent-Replayed": "true"})
    try:
        with transaction.atomic():
            answer = handle()
            body = orjson.loads(JSONRenderer().render(answer.data)) if answer.data is not None else None
            row.status, row.body = answer.status_code, body
            row.headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
            row.save(update_fields=["status", "body", "headers"])
    except BaseException:
        IdempotentAnswer.objects.filter(pk=row.pk).delete()
        raise
    return answer


def _reserve(token: Token, key: str, path: str, digest: str) -> IdempotentAnswer:
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(token=token, key=key, path=path, body_digest=digest)
    except IntegrityError:
        row = IdempotentAnswer.objects.get(token=token, key=key)
    if (row.path, row.body_digest) != (path, digest):
        raise KeyReused("This Idempotency-Key was used before for another request.")
    if row.status is None and not _taken_over(row):
        raise StillRunning("The first request with this Idempotency-Key is still being worked on; try again soon.")
    return row


def _taken_over(row: IdempotentAnswer) -> bool:
    """Whether the first request is so long ago that its process must have died before it could write anything."""
    old = IdempotentAnswer.objects.filter(pk=row.pk, status=None, created_at__lt=timezone.now() - GIVEN_UP)
    return bool(old.update(created_at=timezone.now()))

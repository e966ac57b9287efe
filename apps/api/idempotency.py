"""`Idempotency-Key`: the same POST twice is done once and answered twice."""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import Actor
from apps.api.models import IdempotentAnswer
from apps.api.renderers import JSONRenderer
from domain import errors


class KeyReused(errors.Invalid):
    """The key came before with another body."""

    default_code = "idempotency_key_reused"


class StillRunning(errors.Conflict):
    """The first request with this key has not been answered yet."""

    default_code = "idempotency_in_progress"


def digest_of(body: Any) -> str:
    """A digest of a parsed body, independent of the order of keys."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def once(request: Request, actor: Actor, handle: Callable[[], Response]) -> Response:
    """Call `handle` unless the same token sent the same key before; then replay its answer."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or actor.token is None:
        return handle()
    if len(key) > 200:
        raise errors.Invalid("An Idempotency-Key has at most 200 characters.")
    digest = digest_of(request.data)
    row = _reserve(actor, key, request.path, digest)
    if row.status is not None:
        return Response(row.body, status=row.status, headers={"Idempotent-Replayed": "true"})
    try:
        answer = handle()
    except BaseException:
        IdempotentAnswer.objects.filter(pk=row.pk).delete()
        raise
    body = orjson.loads(JSONRenderer().render(answer.data)) if answer.data is not None else None
    IdempotentAnswer.objects.filter(pk=row.pk).update(status=answer.status_code, body=body)
    return answer


def _reserve(actor: Actor, key: str, path: str, digest: str) -> IdempotentAnswer:
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(token=actor.token, key=key, path=path, body_digest=digest)
    except IntegrityError:
        row = IdempotentAnswer.objects.get(token=actor.token, key=key)
    if (row.path, row.body_digest) != (path, digest):
        raise KeyReused("This Idempotency-Key was used before for another request.")
    if row.status is None:
        raise StillRunning("The first request with this Idempotency-Key is still being worked on; try again soon.")
    return row

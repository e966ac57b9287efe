"""Lists: `{"results": […], "next": cursor or null}` by the primary key."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from domain import errors

USUAL, MOST = 50, 200


def page(request: Request, rows: QuerySet[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """One page of rows, newest first, after the cursor."""
    limit = _limit(request)
    found = list(_after(request, rows.order_by("-pk"))[: limit + 1])
    more = found[limit - 1].pk if len(found) > limit else None
    return {"results": [show(row) for row in found[:limit]], "next": _encode(more) if more is not None else None}


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        raise errors.Invalid(
            f"limit must be a whole number from 1 to {MOST}.", problems=[errors.Problem("/limit", "out of range")]
        )
    return int(text)


def _after(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    cursor = request.query_params.get("cursor")
    if not cursor:
        return rows
    try:
        key = rows.model._meta.pk.to_python(base64.urlsafe_b64decode(cursor + "==").decode("ascii"))
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError) as broken:
        raise errors.Invalid(
            "The cursor is not one that this server gave.", problems=[errors.Problem("/cursor", "unknown")]
        ) from broken
    return rows.filter(pk__lt=key)


def _encode(key: Any) -> str:
    return base64.urlsafe_b64encode(str(key).encode("ascii")).decode("ascii").rstrip("=")

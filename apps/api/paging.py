"""Lists: `{"results": […], "next": cursor or null}`, newest first."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from rest_framework.request import Request

from domain import errors

USUAL, MOST = 50, 200
MARK = "~"


def page(request: Request, rows: QuerySet[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """One page of rows, newest first, after the cursor."""
    limit = _limit(request)
    found = list(_after(request, rows.order_by("-created_at", "-pk"))[: limit + 1])
    more = _encode(found[limit - 1]) if len(found) > limit else None
    return {"results": [show(row) for row in found[:limit]], "next": more}


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):
        raise errors.Invalid(
            f"limit must be a whole number from 1 to {MOST}.", problems=[errors.Problem("/limit", "out of range")]
        )
    return int(text)


def _after(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    cursor = request.query_params.get("cursor")
    if not cursor:
        return rows
    try:
        text = base64.urlsafe_b64decode(cursor + "==").decode("ascii")
        made, _, name = text.partition(MARK)
        at, key = datetime.fromisoformat(made), rows.model._meta.pk.to_python(name)
        if at.tzinfo is None:
            raise ValueError(made)
    except (binascii.Error, UnicodeError, ValueError, TypeError, ValidationError) as broken:
        raise errors.Invalid(
            "The cursor is not one that this server gave.", problems=[errors.Problem("/cursor", "unknown")]
        ) from broken
    return rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=key))


def _encode(row: Any) -> str:
    text = f"{row.created_at.isoformat()}{MARK}{row.pk}"
    return base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")

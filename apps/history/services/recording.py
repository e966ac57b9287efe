"""Appends one entry to the history."""

from typing import Any, Protocol

from django.db.models import Model

from apps.core import request_ids
from apps.history.models import Entry


class Doer(Protocol):
    """Who acts: `accounts.permissions.Actor` has this shape."""

    @property
    def user(self) -> Model:
        """The person."""
        ...

    @property
    def token(self) -> Model | None:
        """The access token they came in with."""
        ...

    @property
    def via(self) -> str:
        """The way they came in."""
        ...


def record(
    *, by: Doer | None, workspace: Model | None, action: str, target: Model | None = None,
    detail: dict[str, Any] | None = None,
) -> Entry:  # fmt: skip
    """Append one entry; `detail` holds ids, digests and numbers, never texts from data or prompts."""
    return Entry.objects.create(
        workspace_id=workspace.pk if workspace is not None else None,
        actor_id=by.user.pk if by else None,
        via=by.via if by else "system",
        token_id=by.token.pk if by and by.token else None,
        action=action,
        target_type=target._meta.model_name or "" if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:200] if target is not None else "",
        detail=detail or {},
        request_id=request_ids.current.get(),
    )

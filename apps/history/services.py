"""Writes what somebody did, inside their transaction; sealing happens apart."""

from typing import TYPE_CHECKING, Any

from django.db.models import Model

from apps.core import middleware
from apps.history.models import Entry

if TYPE_CHECKING:
    from apps.accounts.models import Workspace
    from apps.accounts.permissions import Actor


def record(
    *, by: "Actor | None", workspace: "Workspace | None", action: str, target: Model | None = None,
    detail: dict[str, Any] | None = None,
) -> Entry:  # fmt: skip
    """Append one entry; `detail` holds ids, digests and numbers, never texts from data or prompts."""
    return Entry.objects.create(
        workspace=workspace,
        actor=by.user if by else None,
        via=by.via if by else "system",
        token_id=by.token.pk if by and by.token else None,
        action=action,
        target_type=target._meta.model_name or "" if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:200] if target is not None else "",
        detail=detail or {},
        request_id=middleware.request_id.get(),
    )

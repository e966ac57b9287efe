"""Puts rubrics out of the library's sight and back."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions
from apps.rubrics.models import Rubric


@transaction.atomic
def archive(*, by: Actor, slugs: Sequence[str]) -> int:
    """Take rubrics out of the library; they stay readable, and jobs that name them are served as before."""
    return _set(by, slugs, away=True)


@transaction.atomic
def restore(*, by: Actor, slugs: Sequence[str]) -> int:
    """Bring archived rubrics back."""
    return _set(by, slugs, away=False)


def _set(by: Actor, slugs: Sequence[str], *, away: bool) -> int:
    permissions.check_may_write(by, by.workspace)
    named = [slug for slug in slugs if "\x00" not in slug]
    rows = list(
        Rubric.objects.select_for_update()
        .filter(workspace=by.workspace, rubric_set=None, slug__in=named, archived_at__isnull=away)
        .order_by("pk")
    )
    action = "rubric.archived" if away else "rubric.restored"
    for row in rows:
        row.archived_at = timezone.now() if away else None
        history.record(
            by=by,
            workspace=by.workspace,
            action=action,
            target=row,
            detail={},
        )
    Rubric.objects.bulk_update(rows, ["archived_at"])
    return len(rows)

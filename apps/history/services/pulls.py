"""Counts bulk reads: one row a day for each token and thing, one entry in the history for each closed day."""

import hashlib
from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Protocol

import rfc8785
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from apps.history.models import Entry, PullCount
from apps.history.services.recording import Doer

MOST_LISTED = 200
_UPSERT = """
INSERT INTO history_pullcount (created_at, workspace_id, token_id, actor_id, kind, ref, day, count, items, last_at)
VALUES (%(now)s, %(workspace)s, %(token)s, %(actor)s, %(kind)s, %(ref)s, %(day)s, 1, %(items)s, %(now)s)
ON CONFLICT (workspace_id, token_id, kind, ref, day) DO UPDATE
SET count = history_pullcount.count + 1, items = history_pullcount.items + EXCLUDED.items, last_at = EXCLUDED.last_at
"""


class Puller(Doer, Protocol):
    """Who pulls, in which workspace."""

    @property
    def workspace(self) -> Model:
        """Where."""
        ...


def count_pull(*, by: Puller, kind: str, ref: str, items: int) -> None:
    """Count one bulk read of `items` things; cheap enough for every request."""
    now = timezone.now()
    values = {
        "now": now,
        "workspace": by.workspace.pk,
        "token": by.token.pk if by.token else None,
        "actor": by.user.pk,
        "kind": kind,
        "ref": ref[:200],
        "day": now.date(),
        "items": items,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, values)


def record_pulls() -> int:
    """Write one entry for each workspace and closed day that has none yet, and say how many."""
    today = (timezone.now() - timedelta(minutes=10)).date()
    with transaction.atomic():
        open_rows = (
            PullCount.objects.select_for_update(skip_locked=True)
            .filter(recorded_at=None, day__lt=today)
            .order_by("workspace_id", "day", "kind", "ref", "pk")
        )
        days: dict[tuple[int, date], list[PullCount]] = defaultdict(list)
        for row in open_rows:
            days[row.workspace_id, row.day].append(row)
        for (workspace, day), rows in days.items():
            Entry.objects.create(workspace_id=workspace, via="system", action="pulls.counted", detail=_sum(day, rows))
            PullCount.objects.filter(pk__in=[row.pk for row in rows]).update(recorded_at=timezone.now())
    return len(days)


def _sum(day: date, rows: list[PullCount]) -> dict[str, Any]:
    listed = [
        {
            "token": row.token_id,
            "person": row.actor_id,
            "kind": row.kind,
            "ref": row.ref,
            "pulls": row.count,
            "items": row.items,
        }
        for row in rows
    ]
    return {
        "day": day.isoformat(),
        "pulls": sum(row.count for row in rows),
        "items": sum(row.items for row in rows),
        "rows": len(rows),
        "sha256": hashlib.sha256(rfc8785.dumps(listed)).hexdigest(),
        "listed": listed[:MOST_LISTED],
    }

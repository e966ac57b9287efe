"""Writes items of requests in bulk: new ones by COPY, and for changes one JSON text a statement."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

from apps.training.models import RewardItem

AT_ONCE = 2000
_COPY = """
COPY training_rewarditem
     (request_id, index, external_id, subject_id, version_id, profile_id, "group", step, score_key, run_item_id,
      off_policy, seen, cached, result) FROM STDIN
"""
_KEEP = """
UPDATE training_rewarditem AS item SET result = fresh.result, cached = fresh.cached
  FROM json_to_recordset(%s::json) AS fresh(id bigint, result jsonb, cached bool)
 WHERE item.id = fresh.id AND item.result IS NULL
"""
_SEEN = """
INSERT INTO training_seen (training_run_id, subject_id, count)
SELECT %s, subject, more FROM unnest(%s::bigint[], %s::int[]) AS fresh(subject, more) ORDER BY subject
    ON CONFLICT (training_run_id, subject_id) DO UPDATE SET count = training_seen.count + excluded.count
RETURNING subject_id, count
"""


def create_items(items: Sequence[RewardItem]) -> None:
    """Store new items; those that were served before come with their result."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for item in items:
            result = None if item.result is None else orjson.dumps(item.result).decode()
            copy.write_row((
                item.request_id, item.index, item.external_id, item.subject_id, item.version_id, item.profile_id,
                item.group, item.step, item.score_key, item.run_item_id, item.off_policy, item.seen, item.cached,
                result,
            ))  # fmt: skip


def keep_results(items: Sequence[RewardItem]) -> None:
    """Write down what is served from now on."""
    _execute(_KEEP, [{"id": item.pk, "result": item.result, "cached": item.cached} for item in items])


def count_seen(run_id: Any, subjects: Sequence[int]) -> dict[int, int]:
    """Add to the counts of a training run; how often each subject had come before."""
    more: dict[int, int] = defaultdict(int)
    for subject in subjects:
        more[subject] += 1
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [run_id, list(more), list(more.values())])
        return {subject: count - more[subject] for subject, count in cursor.fetchall()}


def _execute(statement: str, rows: Sequence[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            cursor.execute(statement, [orjson.dumps(rows[start : start + AT_ONCE]).decode()])

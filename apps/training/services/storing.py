"""Writes items of requests in bulk: one JSON text a statement costs less than a parameter a value."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

from apps.training.models import RewardItem

AT_ONCE = 2000
_INSERT = """
INSERT INTO training_rewarditem
       (request_id, index, external_id, subject_id, version_id, profile_id, "group", step, score_key, run_item_id,
        off_policy, seen, cached, result)
SELECT request, index, external, subject, version, profile, grouped, step, key, judged, off, seen, cached, result
  FROM json_to_recordset(%s::json)
       AS fresh(request uuid, index int, external text, subject bigint, version bigint, profile bigint, grouped text,
                step int, key uuid, judged bigint, off bool, seen int, cached bool, result jsonb)
 ORDER BY index
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
    rows = [
        {
            "request": item.request_id, "index": item.index, "external": item.external_id, "subject": item.subject_id,
            "version": item.version_id, "profile": item.profile_id, "grouped": item.group, "step": item.step,
            "key": item.score_key, "judged": item.run_item_id, "off": item.off_policy, "seen": item.seen,
            "cached": item.cached, "result": item.result,
        }
        for item in items
    ]  # fmt: skip
    _execute(_INSERT, rows)


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

"""Retention: texts of rollouts are forgotten when every request that sent them allows it."""

import time

from django.db import connection

from apps.accounts.models import Workspace
from apps.datasets import services as datasets
from apps.history import services as history
from apps.training.models import TrainingRun

EVERY_SECONDS = 3600.0
AT_ONCE = 2000
_DUE = """
WITH used AS (
  SELECT i.request_id, m.response_id
    FROM training_rewarditem i
    JOIN datasets_subjectmember m ON m.subject_id = i.subject_id
   UNION
  SELECT r.id, one.value::bigint
    FROM training_rewardrequest r, jsonb_each_text(r.options -> 'references') AS one
)
SELECT w.id, used.response_id
  FROM used
  JOIN training_rewardrequest r ON r.id = used.request_id
  JOIN accounts_workspace w ON w.id = r.workspace_id
  LEFT JOIN training_trainingrun t ON t.id = r.training_run_id
  LEFT JOIN judging_run u ON u.id = r.run_id
  LEFT JOIN jobs_job j ON j.id = u.job_id
  JOIN datasets_response p ON p.id = used.response_id AND p.parts <> '[{"type": "erased"}]'::jsonb
 GROUP BY w.id, used.response_id
HAVING bool_and(
         COALESCE(j.state NOT IN ('queued', 'running', 'paused'), true)
         AND (NOT COALESCE(t.keep_rollouts, true)
              OR COALESCE(r.created_at < now() - make_interval(
                   days => COALESCE(t.retention_days, (w.settings ->> 'retention_days')::int)), false)))
 LIMIT %s
"""
"""Answers that requests sent, and references that they had compared with."""
_next = 0.0


def forget_rollouts() -> int:
    """Blank the texts of rollouts whose time is over, and all that quotes them; says how many."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [AT_ONCE])
        due: dict[int, list[int]] = {}
        for workspace_id, response_id in cursor.fetchall():
            due.setdefault(workspace_id, []).append(response_id)
    for workspace_id, keys in due.items():
        datasets.forget_responses(keys)
        workspace = Workspace.objects.get(pk=workspace_id)
        history.record(by=None, workspace=workspace, action="rollouts.forgotten", detail={"responses": len(keys)})
    return sum(len(keys) for keys in due.values())


def sweep() -> int:
    """Look once an hour, where anybody asked for it."""
    global _next  # noqa: PLW0603 (the sweeper is one process and this is its clock)
    if time.monotonic() < _next:
        return 0
    _next = time.monotonic() + EVERY_SECONDS
    asked = (
        TrainingRun.objects.filter(keep_rollouts=False).exists()
        or TrainingRun.objects.filter(retention_days__isnull=False).exists()
        or Workspace.objects.filter(settings__retention_days__isnull=False).exists()
    )
    return forget_rollouts() if asked else 0

"""Whose turn it is: among shards of one priority workspaces take turns, so that a long job of one delays nobody else.

Every shard has a number, and the lowest waiting one is next. A workspace with nothing waiting starts at the lowest
number that waits, others go on after their own last one (start-time fair queueing, Goyal et al. 1996, with shards of
equal size).
"""

import time

from django.db.models import Max, Min

from apps.jobs.models import LIVE_JOBS, Shard, ShardState


def next_of(workspace_id: int, priority: int) -> int:
    """The number of the first shard of a new job."""
    waiting = Shard.objects.filter(state=ShardState.WAITING, priority=priority, job__state__in=LIVE_JOBS, turn__gte=0)
    own = waiting.filter(job__workspace=workspace_id).aggregate(last=Max("turn"))["last"]
    lowest: int = waiting.aggregate(first=Min("turn"))["first"] or 0
    return lowest if own is None else max(lowest, own + 1)


def newest() -> int:
    """The number of the first shard of a job that comes before all older ones of its priority."""
    return -int(time.time() * 1_000_000)

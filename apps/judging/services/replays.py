"""Asking a judge exactly what it was asked before."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.judging import permissions, queries
from apps.judging.models import Call
from domain import errors

REPLAY = "judge-replay"


def replay_call(*, by: Actor, call: Call) -> Job:
    """Have a worker put a stored prompt to the judge again and keep the reply beside the first; no verdict changes.

    Raises Conflict where the prompt is not kept as it was sent, or is being replayed already.
    """
    permissions.check_may_replay(by, call)
    if not queries.can_replay(call):
        said = "This call cannot be replayed: its prompt is not kept as it was sent, or its answer was forgotten."
        raise errors.Conflict(said, code="call_not_kept")
    if queries.replaying(call) is not None:
        raise errors.Conflict("A worker is replaying this call already.", code="call_replaying")
    with transaction.atomic():
        job = jobs.create_job(
            by=by, workspace=by.workspace, kind=REPLAY, shards=[{"call": call.pk}],
            title=f"Replay of call {call.pk}", params={"call": call.pk}, priority=25,
        )  # fmt: skip
        history.record(by=by, workspace=by.workspace, action="call.replay", target=call)
    return job

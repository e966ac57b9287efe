"""Having people look at answers that something outside of a run has flagged."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.review.models import Queue, ReviewItem


class Flagged(NamedTuple):
    """An answer under a rubric version; one criterion of it, or all; and the judge's verdicts on it."""

    version_id: int
    subject_id: int
    criterion: str
    keys: tuple[uuid.UUID, ...]


@transaction.atomic
def queue_of_flagged(*, by: Actor, name: str, places: Sequence[Flagged], said: Mapping[str, Any]) -> Queue:
    """A queue of flagged answers in the order given, each once; `said` keeps by what they were flagged."""
    by.require(Role.AUTHOR, "make review queues")
    by.require_scope("reviews:write")
    chosen = list({(one.version_id, one.subject_id, one.criterion): one for one in places}.values())
    single = all(one.criterion for one in chosen)
    task = Queue.Task.VERDICT if single else Queue.Task.RESPONSE
    queue = Queue.objects.create(
        workspace=by.workspace, name=name[:200], task=task, rule={**said, "size": len(chosen)}, created_by=by.user
    )
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                queue=queue, position=place, subject_id=one.subject_id, version_id=one.version_id,
                criterion=one.criterion if single else "", verdict_keys=list(one.keys), seats=queue.overlap,
            )
            for place, one in enumerate(chosen)
        ],
        batch_size=1000,
    )  # fmt: skip
    detail = {"rule": dict(said), "items": len(chosen), "task": str(task)}
    history.record(by=by, workspace=by.workspace, action="queue.created", target=queue, detail=detail)
    return queue

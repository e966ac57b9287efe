"""Making queues of decisions, and opening and closing them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Subject, SubjectKind
from apps.history import services as history
from apps.judging.models import Run
from apps.judging.queries import Undecided
from apps.review.models import Queue, ReviewItem
from apps.review.services import drawing
from domain import errors

MOST_OVERLAP = 9
ESCALATED = "escalated"
MOST_SEED = 2**31 - 1


@transaction.atomic
def create_queue(
    *, by: Actor, run: Run, name: str, rule: Mapping[str, Any], overlap: int = 1, seed: int = 0, blind: bool = True,
    instructions: str = "",
) -> Queue:  # fmt: skip
    """Draw decisions from a run into a queue that people answer."""
    by.require(Role.AUTHOR, "make review queues")
    by.require_scope("reviews:write")
    if run.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such run here.", code="run_unknown")
    _check(name, overlap, seed)
    drawn = drawing.draw(run=run, rule=rule, seed=seed)
    if not drawn.chosen:
        raise errors.Conflict(
            "The rule finds nothing in this run. Wait until it has verdicts, or choose another rule.",
            code="queue_empty",
        )
    queue = Queue.objects.create(
        workspace=by.workspace, name=name.strip(), run=run, rule=dict(rule), overlap=overlap, seed=seed, blind=blind,
        instructions=instructions.strip(), created_by=by.user,
    )  # fmt: skip
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                queue=queue, position=position, subject_id=one.subject_id, version=one.version,
                criterion=one.criterion, verdict_keys=one.keys, seats=overlap,
            )
            for position, one in enumerate(drawn.chosen)
        ],
        batch_size=1000,
    )  # fmt: skip
    history.record(
        by=by, workspace=by.workspace, action="queue.created", target=queue,
        detail={"run": str(run.pk), "rule": dict(rule), "items": len(drawn.chosen), "overlap": overlap, "seed": seed},
    )  # fmt: skip
    return queue


@transaction.atomic
def queue_of_undecided(*, run: Run, places: Sequence[Undecided]) -> Queue | None:
    """The queue of what a cascade left to people, made once; decisions that came later are added at its end."""
    Run.objects.select_for_update().get(pk=run.pk)
    alone = Subject.objects.filter(
        pk__in={one.subject_id for one in places}, kind=SubjectKind.RESPONSE
    ).values_list("pk", flat=True)  # fmt: skip
    answers = set(alone)
    queue = Queue.objects.filter(run=run, rule__kind=ESCALATED).first()
    known = set(queue.items.values_list("version_id", "subject_id", "criterion")) if queue else set()
    fresh = [
        one
        for one in places
        if one.subject_id in answers and (one.version_id, one.subject_id, one.criterion) not in known
    ][: drawing.MOST_ITEMS]
    if not fresh:
        return queue
    if queue is None:
        queue = Queue.objects.create(
            workspace=run.workspace, name=f"Undecided in {run.name}"[:200], run=run, rule={"kind": ESCALATED},
            created_by=run.created_by,
        )  # fmt: skip
    after = queue.items.count()
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                queue=queue, position=after + number, subject_id=one.subject_id, version_id=one.version_id,
                criterion=one.criterion, verdict_keys=list(one.keys), seats=queue.overlap,
                payload={"doubts": list(one.why)},
            )
            for number, one in enumerate(fresh)
        ],
        batch_size=1000,
    )  # fmt: skip
    detail = {"run": str(run.pk), "items": len(fresh)}
    history.record(by=None, workspace=run.workspace, action="queue.escalated", target=queue, detail=detail)
    return queue


@transaction.atomic
def set_state(*, by: Actor, queue: Queue, state: str) -> Queue:
    """Open, pause or close a queue; a closed or paused one gives out no items, answers under way are still taken."""
    by.require(Role.AUTHOR, "open and close review queues")
    by.require_scope("reviews:write")
    if state not in Queue.State.values:
        raise errors.Invalid(f"A queue is open, paused or closed, not “{state}”.", code="state_unknown")
    if queue.state != state:
        queue.state = Queue.State(state)
        queue.save(update_fields=["state"])
        history.record(by=by, workspace=by.workspace, action=f"queue.{state}", target=queue)
    return queue


def _check(name: str, overlap: int, seed: int) -> None:
    if not 1 <= len(name.strip()) <= 200:
        raise errors.Invalid("A queue needs a name of at most 200 characters.", code="name_invalid")
    if not 1 <= overlap <= MOST_OVERLAP:
        raise errors.Invalid(f"Each item is decided by 1 to {MOST_OVERLAP} people.", code="overlap_invalid")
    if not 0 <= seed <= MOST_SEED:
        raise errors.Invalid(f"The seed is a whole number from 0 to {MOST_SEED}.", code="seed_invalid")

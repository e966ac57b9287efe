"""Putting what was planned into a queue, at once or by a worker."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from apps.datasets import services as datasets
from apps.datasets.models import Response, SubjectKind
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Job, JobState, Shard
from apps.review import queries
from apps.review.models import Queue, ReviewItem
from apps.review.queries import Candidate, Plan
from domain import sampling

BATCH = 5_000
KINDS = {Queue.Task.PAIR: SubjectKind.PAIR, Queue.Task.RANKING: SubjectKind.LIST}
NOTHING = "The rule found nothing to decide."


def put_in(queue: Queue, plan: Plan, *, guard: Callable[[], None] = lambda: None) -> int:
    """Write the planned items at the end of a queue; how many there are. `guard` is called before each batch.

    What the queue has already is left out, with its repeats.
    """
    drawn = _with_subjects(queue, plan.draw.chosen)
    kept = _new_ones(queue, drawn)
    places = [one for one in plan.places if one.sort is sampling.Sort.EXTRA or one.number in kept]
    first: dict[int, ReviewItem] = {}
    again: list[ReviewItem] = []
    for position, one in enumerate(places, queries.next_position(queue)):
        if one.sort is sampling.Sort.EXTRA:
            candidate, gold = plan.seeds[one.number]
            first[-1 - one.number] = _item(queue, candidate, position, gold)
        elif one.sort is sampling.Sort.DRAWN:
            first[one.number] = _item(queue, drawn[one.number], position, plan.known.get(one.number))
        else:
            again.append(_item(queue, drawn[one.number], position, None))
            again[-1].repeat_of = first[one.number]
    _write(list(first.values()), guard)
    _write(again, guard)
    return len(places)


def draw_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Draw a queue, or what is added to one; run again after a crash it begins anew."""
    queue = Queue.objects.select_related("workspace", "run", "dataset", "version", "proposal").get(
        pk=shard.payload["queue"]
    )
    fresh = queue.state == Queue.State.DRAWING
    if fresh:
        ReviewItem.objects.filter(queue=queue).delete()
    plan = queries.plan(queries.wish_of(queue, rule=shard.payload["rule"], seed=shard.payload["seed"]))
    if fresh:
        count = put_in(queue, plan, guard=lease.guard)
        found = {"state": Queue.State.OPEN} if count else {"state": Queue.State.CLOSED, "state_reason": NOTHING}
        Queue.objects.filter(pk=queue.pk, state=Queue.State.DRAWING).update(**found)
    else:
        with transaction.atomic():
            Queue.objects.select_for_update().get(pk=queue.pk)
            count = put_in(queue, plan, guard=lease.guard)
    detail = {"items": count, "gold": plan.gold, "repeats": plan.repeats, "candidates": plan.draw.candidates}
    history.record(by=None, workspace=queue.workspace, action="queue.drawn", target=queue, detail=detail)
    return {"items": count}


def finish_draw(job: Job) -> None:
    """A queue that could not be drawn is closed and says why."""
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        error = job.shards.exclude(error="").values_list("error", flat=True).first() or job.note or "It was cancelled."
        Queue.objects.filter(job=job, state=Queue.State.DRAWING).update(
            state=Queue.State.CLOSED, state_reason=f"It could not be drawn. {error}"[:300]
        )


def _with_subjects(queue: Queue, drawn: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with their subjects, which are made where there are none yet."""
    lacking = [one for one in drawn if one.subject is None and one.members]
    if not lacking:
        return list(drawn)
    assert queue.dataset is not None
    wanted = {key for one in lacking for key in one.members}
    responses = Response.objects.select_related("prompt").only("id", "hash", "prompt__id", "prompt__hash")
    found = responses.in_bulk(sorted(wanted))
    orders = list(dict.fromkeys(one.members for one in lacking))
    kind = KINDS.get(Queue.Task(queue.task), SubjectKind.RESPONSE)
    keys = datasets.of_orders(queue.dataset, kind, [[found[key] for key in order] for order in orders])
    of = dict(zip(orders, keys, strict=True))
    return [dataclasses.replace(one, subject=of[one.members]) if one.members else one for one in drawn]


def _new_ones(queue: Queue, drawn: Sequence[Candidate]) -> set[int]:
    """The numbers of those that the queue does not have, each once."""
    rows = queue.items.filter(repeat_of=None, subject__isnull=False)
    known: set[tuple[int | None, int | None, str]] = set(rows.values_list("subject_id", "version_id", "criterion"))
    kept = set()
    for n, one in enumerate(drawn):
        key = (one.subject, one.version, one.criterion)
        if one.subject is None or key not in known:
            kept.add(n)
            known.add(key)
    return kept


def _item(queue: Queue, one: Candidate, position: int, gold: int | None) -> ReviewItem:
    return ReviewItem(
        queue=queue, position=position, subject_id=one.subject, version_id=one.version, criterion=one.criterion,
        verdict_keys=list(one.keys), payload=one.payload, seats=queue.overlap, gold_id=gold, is_gold=gold is not None,
    )  # fmt: skip


def _write(items: Sequence[ReviewItem], guard: Callable[[], None]) -> None:
    for start in range(0, len(items), BATCH):
        with transaction.atomic():
            guard()
            ReviewItem.objects.bulk_create(items[start : start + BATCH], batch_size=1000)

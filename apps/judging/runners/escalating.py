"""What happens in a run after its first judge: doubted verdicts go to the next one, at last to people.

A run with a cascade goes through phases: for each further judge first `plan` (which verdicts are doubted), then
`judge`; then `combine` (one score for each answer) and, where the cascade says so, `people`. The job of the run asks
for the next phase when nothing of it is open any more, under its lock, so that each begins once. Every part may run
twice.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from apps.jobs.leases import Lease
from apps.jobs.models import Job, Shard
from apps.judging.models import JudgeVersion, Run, RunItem
from apps.judging.queries import artefacts, doubted
from apps.judging.queries.results import RELATED, results
from apps.judging.runners import combining
from apps.judging.signals import undecided_left

BATCH = 200
PART = 2_000
STEPS = {"plan", "combine", "people"}


def phases(run: Run) -> list[tuple[str, int]]:
    """The steps after the first judge, each with its stage; none where there is nothing to combine."""
    if run.combination is None:
        return []
    later = range(2, len(artefacts.stages(run.combination)) + 1)
    found = [(step, stage) for stage in later for step in ("plan", "judge")]
    found.append(("combine", 0))
    return [*found, ("people", 0)] if run.combination.payload.get("people") else found


def next_shards(job: Job) -> list[dict[str, Any]]:
    """What is to be done once all parts of a run's job are done; nothing where the run is at its end."""
    run = Run.objects.select_for_update(of=("self",)).select_related("combination").filter(job=job).first()
    if run is None:
        return []
    steps = phases(run)
    while run.phase < len(steps):
        step, stage = steps[run.phase]
        run.phase += 1
        run.save(update_fields=["phase"])
        shards = list(_shards(run, step, stage))
        if shards:
            return shards
    return []


def step_shard(shard: Shard, lease: Lease) -> dict[str, int]:
    """Do one part of a phase."""
    run = Run.objects.select_related("combination").get(job=shard.job_id)
    step, given = next((name, shard.payload[name]) for name in sorted(STEPS & shard.payload.keys()))
    if step == "plan":
        return {"escalated": _plan(run, given, lease)}
    if step == "combine":
        lease.check()
        return {"combined": combining.combine(run, first=given["first"], last=given["last"])}
    return {"to_people": _hand_over(run, lease)}


def _shards(run: Run, step: str, stage: int) -> Iterator[dict[str, Any]]:
    if step == "judge":
        yield from _judging(run, stage)
    elif step == "plan":
        before = RunItem.objects.filter(run=run, stage=stage - 1)
        yield from ({"plan": {"stage": stage, **part}} for part in _ranges(before))
    elif step == "combine":
        yield from ({"combine": part} for part in _ranges(RunItem.objects.filter(run=run, stage=1)))
    else:
        yield {"people": True}


def _ranges(items: Any) -> Iterator[dict[str, int]]:
    ends = items.aggregate(first=Min("index"), last=Max("index"))
    if ends["first"] is None:
        return
    for first in range(ends["first"], ends["last"] + 1, PART):
        yield {"first": first, "last": min(first + PART - 1, ends["last"])}


def _judging(run: Run, stage: int) -> Iterator[dict[str, int]]:
    waiting = list(
        RunItem.objects.filter(run=run, stage=stage, state=RunItem.State.WAITING)
        .order_by("index")
        .values_list("index", flat=True)
    )
    size = max(1, min(32, math.ceil(len(waiting) / 8)))
    for start in range(0, len(waiting), size):
        part = waiting[start : start + size]
        yield {"first": part[0], "last": part[-1]}


def _plan(run: Run, given: dict[str, int], lease: Lease) -> int:
    """Make items of the next stage for what is doubted; those that are there already keep what they found."""
    assert run.combination is not None
    stage = given["stage"]
    judge = _judge_of(run, artefacts.stages(run.combination)[stage - 1])
    items = RunItem.objects.filter(
        run=run, stage=stage - 1, index__gte=given["first"], index__lte=given["last"], content_reason="",
        state__in=[RunItem.State.DONE, RunItem.State.FAILED],
    ).select_related(*RELATED).order_by("index")  # fmt: skip
    wanted = {}
    for part in _in_batches(items):
        lease.check()
        for found in results(part):
            names = [name for name, reasons in doubted.doubts_of(found, run.combination).items() if reasons]
            if names:
                item = found.item
                wanted[item.version_id, item.subject_id, item.sample] = names
    with transaction.atomic():
        lease.guard()
        Run.objects.select_for_update().get(pk=run.pk)
        _write(run, judge, stage, wanted)
    return sum(map(len, wanted.values()))


def _write(run: Run, judge: JudgeVersion, stage: int, wanted: dict[tuple[int, int, int], list[str]]) -> None:
    there = {
        (item.version_id, item.subject_id, item.sample): item
        for item in RunItem.objects.filter(run=run, stage=stage, subject__in={place[1] for place in wanted})
    }
    for place, names in wanted.items():
        known = there.get(place)
        if known is not None and set(known.asked) != set(names):
            RunItem.objects.filter(pk=known.pk).update(asked=names, state=RunItem.State.WAITING, verdict_keys=[])
    after = (RunItem.objects.filter(run=run).aggregate(last=Max("index"))["last"] or 0) + 1
    fresh = [(place, names) for place, names in wanted.items() if place not in there]
    RunItem.objects.bulk_create(
        [
            RunItem(
                run=run, index=after + number, version_id=version, judge_version=judge, subject_id=subject,
                sample=sample, stage=stage, asked=names,
            )
            for number, ((version, subject, sample), names) in enumerate(fresh)
        ],
        batch_size=2000,
    )  # fmt: skip


def _hand_over(run: Run, lease: Lease) -> int:
    """Tell who looks after people's decisions what is still undecided; it makes a queue of it once."""
    lease.check()
    left = doubted.undecided(run)
    if left:
        undecided_left.send(sender=Run, run=run, places=left)
    return len(left)


def _judge_of(run: Run, fingerprint: str) -> JudgeVersion:
    return run.judges.select_related("judge").get(fingerprint=fingerprint)


def _in_batches(items: Iterable[RunItem]) -> Iterator[Sequence[RunItem]]:
    chosen = list(items)
    for start in range(0, len(chosen), BATCH):
        yield chosen[start : start + BATCH]

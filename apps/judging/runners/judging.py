"""What a worker does with a shard of a run: decide, ask, write; running it twice changes nothing."""

import functools
import time
import uuid
from collections.abc import Callable

from django.conf import settings

from apps.jobs.leases import Lease
from apps.jobs.models import Job, JobState, Shard
from apps.judging.models import Run, RunItem
from apps.judging.queries import stored
from apps.judging.runners import asking, deciding, escalating, loading, opening, several, writing
from apps.judging.signals import run_judged
from domain import errors, verdicts
from domain.verdicts import Status, Verdict
from engines.protocol import Engine

FLUSH_SECONDS = 1.0
FLUSH_VERDICTS = 400
STREAMED = 5
DECIDED = {Status.OK, Status.NOT_APPLICABLE}


class _Writer:
    """Holds outcomes back until enough have come together, or a second has passed; knows the shard's verdicts."""

    def __init__(self, lease: Lease, known: dict[uuid.UUID, Verdict]) -> None:
        self._lease = lease
        self.known = known
        self._waiting: list[writing.Outcome] = []
        self._since = time.monotonic()
        self.counts: dict[str, int] = {}

    def add(self, outcome: writing.Outcome, *, at_once: bool = False) -> None:
        """Take an outcome; write when it is time."""
        self._waiting.append(outcome)
        self.known.update(
            (outcome.work.keys[name], verdict) for name, verdict in outcome.fresh.items() if verdict.status in DECIDED
        )
        many = sum(len(held.fresh) for held in self._waiting) >= FLUSH_VERDICTS
        if at_once or many or time.monotonic() - self._since > FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        held, self._waiting = self._waiting, []
        if held:
            for name, count in writing.write(self._lease, held, self.known).items():
                self.counts[name] = self.counts.get(name, 0) + count
        self._since = time.monotonic()


def run_shard(shard: Shard, lease: Lease) -> dict[str, int]:
    """Judge answers, or do a step between judges, as the part says."""
    if escalating.STEPS & shard.payload.keys():
        return escalating.step_shard(shard, lease)
    return judge_shard(shard, lease)


def judge_shard(shard: Shard, lease: Lease) -> dict[str, int]:
    """Judge the items of a shard that still wait; what was found stays stored when the engine goes away."""
    deadline = shard.job.deadline.timestamp() if shard.job.deadline else None
    works = loading.works_of(shard)
    rows = stored.rows_by_key({key for work in works for key in work.keys.values()}, decided=True)
    writer = _Writer(lease, {key: stored.as_domain(row, row.criterion) for key, row in rows.items()})
    at_once = max(1, min(settings.STUDIO_ANSWERS_IN_FLIGHT, len(works)))
    under_way = _Judging(lease, writer, deadline, at_once)
    try:
        for together in loading.together(works):
            under_way.judge(together)
        under_way.finish()
    finally:
        under_way.close()
        writer.flush()
    return writer.counts


def finish_run(job: Job) -> None:
    """Close the items that nobody will judge any more, with the reason."""
    run = Run.objects.filter(job=job).first()
    if run is None:
        return
    waiting = RunItem.objects.filter(run=run, state=RunItem.State.WAITING)
    if job.state == JobState.CANCELLED:
        waiting.update(state=RunItem.State.CANCELLED, reason="The run was cancelled.")
    elif job.state == JobState.FAILED:
        for failed in Shard.objects.filter(job=job, state="failed", payload__has_key="first"):
            part = waiting.filter(index__gte=failed.payload["first"], index__lte=failed.payload["last"])
            part.update(state=RunItem.State.FAILED, reason=failed.error[:300])
    else:
        run_judged.send(sender=Run, run=run)


class _Judging:
    """One shard under way: several answers are asked about at once, and written by the one thread that began them."""

    def __init__(self, lease: Lease, writer: _Writer, deadline: float | None, at_once: int) -> None:
        self._lease = lease
        self._writer = writer
        self._deadline = deadline
        self._several = several.Several(at_once)
        self._engines: dict[int, Engine] = {}
        self._away: errors.Unavailable | None = None

    def judge(self, works: list[loading.Work]) -> None:
        """Do what needs no model, and begin to ask about the rest; members of a list share one conversation."""
        self._lease.check()
        together = self._decided(works)
        while self._several.asks_for(_keys(together)):
            self._collect()
            together = self._decided(works)
        if self._away is not None:
            self.finish()
        group = several.Group.of(together)
        for outcome in group.settled:
            self._writer.add(outcome)
        if not group.asking:
            return
        if works[0].item.run.purpose == Run.Purpose.TRY:
            self._in_parts(group)
        else:
            engine, wanted = self._engine(group), group.wanted()
            self._several.begin(
                group, _keys(group.asking), functools.partial(asking.ask, group.works, wanted, engine, self._deadline)
            )
            if self._several.full:
                self._collect()

    def finish(self) -> None:
        """Collect all that is under way; raises Unavailable where the engine went away for some of it."""
        while not self._several.empty:
            self._collect()
        if self._away is not None:
            raise self._away

    def close(self) -> None:
        """Keep what other threads found when one met a fault."""
        self._several.close()
        while not self._several.empty:
            for group, future in self._several.collect(self._lease.check):
                if future.exception() is None:
                    self._take(group, future.result)

    def _decided(self, works: list[loading.Work]) -> list[deciding.Decided]:
        return [deciding.decide(work, self._writer.known, self._deadline) for work in works]

    def _collect(self) -> None:
        for group, future in self._several.collect(self._tick):
            self._take(group, future.result)

    def _take(self, group: several.Group, answer: Callable[[], list[asking.Answer]]) -> None:
        """Write what came back about a group, as complete or, where the engine was away, to be gone on with."""
        try:
            _merge(group, answer())
        except errors.Unavailable as away:
            self._away = self._away or away
            for outcome in group.outcomes:
                outcome.complete = False
        for outcome in group.outcomes:
            self._writer.add(outcome)

    def _tick(self) -> None:
        self._lease.check()
        self._writer.flush()

    def _engine(self, group: several.Group) -> Engine:
        judge = group.works[0].judge
        if judge.pk not in self._engines:
            try:
                self._engines[judge.pk] = opening.engine_of(judge)
            except errors.Unavailable as away:
                self._take(group, _raising(away))
                self.finish()
        return self._engines[judge.pk]

    def _in_parts(self, group: several.Group) -> None:
        """On the Try page a few criteria at a time, so that verdicts stream in."""
        engine, wanted = self._engine(group), group.wanted()
        for start in range(0, len(wanted), STREAMED):
            part = wanted[start : start + STREAMED]
            if start + STREAMED < len(wanted):
                try:
                    _merge(group, asking.ask(group.works, part, engine, self._deadline))
                except errors.Unavailable as away:
                    self._take(group, _raising(away))
                    self.finish()
                group.outcomes = [_written_so_far(outcome, self._writer) for outcome in group.outcomes]
            else:
                self._take(group, functools.partial(asking.ask, group.works, part, engine, self._deadline))
        self.finish()


def _raising(away: errors.Unavailable) -> Callable[[], list[asking.Answer]]:
    def answer() -> list[asking.Answer]:
        raise away

    return answer


def _keys(together: list[deciding.Decided]) -> list[uuid.UUID]:
    return [decided.work.keys[criterion.id] for decided in together for criterion in decided.left]


def _merge(group: several.Group, answers: list[asking.Answer]) -> None:
    for decided, outcome, answer in zip(group.asking, group.outcomes, answers, strict=True):
        before = len(outcome.calls)
        wanted = {criterion.id: criterion for criterion in decided.left}
        outcome.fresh |= {
            name: verdicts.settled(wanted[name], verdict, decided.given)
            for name, verdict in answer.found.items()
            if name in wanted
        }
        outcome.origin |= {name: (before + call, place) for name, (call, place) in answer.origin.items()}
        outcome.calls += answer.calls
    if answers[0].away:
        raise errors.Unavailable(answers[0].away, code="engine_away")


def _written_so_far(outcome: writing.Outcome, writer: _Writer) -> writing.Outcome:
    """Write what there is; what is written counts as known for the rest."""
    outcome.complete = False
    writer.add(outcome, at_once=True)
    return writing.Outcome(outcome.work, reused=outcome.reused, settled={**outcome.settled, **outcome.fresh})

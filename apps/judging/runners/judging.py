"""What a worker does with a shard of a run: decide, ask, write; running it twice changes nothing."""

import time
import uuid
from collections.abc import Sequence

from apps.core import gateway
from apps.jobs.leases import Lease
from apps.jobs.models import Job, JobState, Shard
from apps.judging.models import Run, RunItem
from apps.judging.queries import stored
from apps.judging.runners import asking, deciding, loading, writing
from domain import errors
from domain.rubric import Criterion
from domain.verdicts import Status, Verdict

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


def judge_shard(shard: Shard, lease: Lease) -> dict[str, int]:
    """Judge the items of a shard that still wait; what was found stays stored when the engine goes away."""
    deadline = shard.job.deadline.timestamp() if shard.job.deadline else None
    works = loading.works_of(shard)
    rows = stored.rows_by_key({key for work in works for key in work.keys.values()}, decided=True)
    writer = _Writer(lease, {key: stored.as_domain(row, row.criterion) for key, row in rows.items()})
    try:
        for together in loading.together(works):
            lease.check()
            _judge([deciding.decide(work, writer.known, deadline) for work in together], deadline, writer)
    finally:
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
        for failed in Shard.objects.filter(job=job, state="failed"):
            part = waiting.filter(index__gte=failed.payload["first"], index__lte=failed.payload["last"])
            part.update(state=RunItem.State.FAILED, reason=failed.error[:300])


def _judge(together: list[deciding.Decided], deadline: float | None, writer: _Writer) -> None:
    """Ask about what is left; the members of a list share one conversation with the judge."""
    outcomes = [writing.Outcome(d.work, d.content_reason, d.reused, fresh=d.fresh) for d in together]
    left = [place for place, decided in enumerate(together) if decided.left]
    if left:
        asked = _ask([together[place] for place in left], [outcomes[place] for place in left], deadline, writer)
        outcomes = [asked.pop(0) if place in left else outcome for place, outcome in enumerate(outcomes)]
    for outcome in outcomes:
        writer.add(outcome)


def _ask(
    asking_about: list[deciding.Decided], outcomes: list[writing.Outcome], deadline: float | None, writer: _Writer
) -> list[writing.Outcome]:
    works = [decided.work for decided in asking_about]
    parts = _parts(works[0], _wanted(asking_about))
    try:
        engine = gateway.engine_for(works[0].judge)
        for number, criteria in enumerate(parts, start=1):
            answers = asking.ask(works, criteria, engine, deadline)
            for decided, outcome, answer in zip(asking_about, outcomes, answers, strict=True):
                _merge(outcome, answer, {criterion.id for criterion in decided.left})
            if answers[0].away:
                raise errors.Unavailable(answers[0].away, code="engine_away")
            if number < len(parts):
                outcomes = [_written_so_far(outcome, writer) for outcome in outcomes]
    except errors.Unavailable:
        for outcome in outcomes:
            outcome.complete = False
            writer.add(outcome)
        raise
    return outcomes


def _wanted(asking_about: list[deciding.Decided]) -> list[Criterion]:
    """The criteria that some member still wants, in the order of the rubric."""
    wanted = {criterion.id for decided in asking_about for criterion in decided.left}
    return [criterion for criterion in asking_about[0].work.rubric.criteria if criterion.id in wanted]


def _merge(outcome: writing.Outcome, answer: asking.Answer, wanted: set[str]) -> None:
    before = len(outcome.calls)
    outcome.fresh |= {name: verdict for name, verdict in answer.found.items() if name in wanted}
    outcome.origin |= {name: (before + call, place) for name, (call, place) in answer.origin.items()}
    outcome.calls += answer.calls


def _parts(work: loading.Work, left: list[Criterion]) -> Sequence[list[Criterion]]:
    """All criteria of an answer in one request; on the Try page a few at a time, so that verdicts stream in."""
    if work.item.run.purpose != Run.Purpose.TRY:
        return [left]
    return [left[start : start + STREAMED] for start in range(0, len(left), STREAMED)]


def _written_so_far(outcome: writing.Outcome, writer: _Writer) -> writing.Outcome:
    """Write what there is; what is written counts as known for the rest."""
    outcome.complete = False
    writer.add(outcome, at_once=True)
    return writing.Outcome(outcome.work, reused=outcome.reused, settled={**outcome.settled, **outcome.fresh})

"""What is known about runs and how far they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, JSONField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject, Least
from django.utils import timezone

from apps.jobs import queries as job_queries
from apps.jobs.models import JobState
from apps.judging.models import Call, JudgeVersion, Run, RunItem
from domain import errors, strategies

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

MOST_VANISHING = 0.1
ENOUGH_SHARED = 2_000
LEAST_SHARING = 0.5
"""Whole cache blocks alone are shared, so that a good engine stays below 1; one that does not share is near 0."""

SHOWN = (Run.Purpose.RUN, Run.Purpose.SHADOW, Run.Purpose.CANARY)
_REASONS = """
SELECT v.status, v.reason, count(*) FROM judging_runitem i, unnest(i.verdict_keys) AS k(key)
  JOIN judging_verdict v ON v.key = k.key
 WHERE i.run_id = %s AND i.unscored > 0 AND v.status NOT IN ('ok', 'not_applicable')
 GROUP BY v.status, v.reason ORDER BY count(*) DESC
"""
_CONTRADICTED = """
SELECT i.id FROM judging_runitem i, unnest(i.verdict_keys) AS k(key)
  JOIN judging_verdict v ON v.key = k.key
 WHERE i.run_id = %s AND v.detail @> '{"consistent": false}'
"""

_VANISHING = """
SELECT count(*) FROM judging_runitem i, unnest(i.verdict_keys) AS k(key)
  JOIN judging_verdict v ON v.key = k.key
 WHERE i.run_id = %s AND v.detail @> '{"vanishing": true}'
"""


@dataclass(frozen=True)
class Reason:
    """Why verdicts are unscored, and how many."""

    status: str
    reason: str
    count: int


@dataclass(frozen=True)
class Sharing:
    """How far a judge's engine read each answer once for all criteria, in prompt tokens.

    `shared_tokens` could have come from its prompt cache, `saved_tokens` did.
    """

    judge: str
    shared_tokens: int
    saved_tokens: int

    @property
    def share(self) -> float:
        """The prefix-hit rate, 0 to 1."""
        return self.saved_tokens / self.shared_tokens

    @property
    def alarm(self) -> bool:
        """Whether enough was measured to say that the engine does not share."""
        return self.shared_tokens >= ENOUGH_SHARED and self.share < LEAST_SHARING


@dataclass(frozen=True)
class Spent:
    """Calls and tokens of a run."""

    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    sharing: tuple[Sharing, ...]


@dataclass(frozen=True)
class RunProgress:
    """How far a run is, and what it cost so far."""

    state: str
    note: str
    total: int
    judged: int
    failed: int
    waiting: int
    cancelled: int
    degenerate: int
    scored: int
    unscored: int
    reused: int
    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    parts_failed: int
    problems: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...] = field(default=())
    sharing: tuple[Sharing, ...] = field(default=())
    vanishing: int = 0

    @property
    def vanishing_share(self) -> float:
        """The share of scored verdicts whose likelihood is too small to tell answers apart, 0 to 1."""
        return self.vanishing / self.scored if self.scored else 0.0

    @property
    def vanishing_alarm(self) -> bool:
        """Whether so many likelihoods vanish that the form should be another."""
        return self.vanishing_share > MOST_VANISHING

    @property
    def ended(self) -> int:
        """Answers that were judged, with a score or with a reason why there is none."""
        return self.judged + self.failed

    @property
    def share(self) -> float:
        """Share of answers that were judged, 0 to 1."""
        return 1.0 if not self.total else self.ended / self.total

    @property
    def live(self) -> bool:
        """Whether more may still come."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def verdicts(self) -> int:
        """Verdicts so far, scored or not."""
        return self.scored + self.unscored

    @property
    def cached_share(self) -> float | None:
        """Share of the prompt tokens that the engine did not compute again."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else None

    @property
    def rate(self) -> float | None:
        """Verdicts per second of elapsed time."""
        return self.verdicts / self.seconds if self.seconds > 0 and self.verdicts else None

    @property
    def seconds_left(self) -> float | None:
        """A rough guess from the answers done so far."""
        done = self.judged + self.failed
        if not self.live or not done or self.seconds <= 0:
            return None
        return self.waiting * self.seconds / done

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as REST shows them."""
        plain = {name: value for name, value in vars(self).items() if name not in {"problems", "reasons", "sharing"}}
        derived = {name: getattr(self, name) for name in ("share", "rate", "seconds_left", "cached_share")}
        return {
            **plain,
            **derived,
            "unscored_by_status": self.by_status(),
            "reasons": [vars(reason) for reason in self.reasons],
            "sharing": [{**vars(one), "share": one.share, "alarm": one.alarm} for one in self.sharing],
            "problems": [{"reason": reason, "count": count} for reason, count in self.problems],
        }

    def by_status(self) -> dict[str, int]:
        """Unscored verdicts counted by status."""
        counts: dict[str, int] = {}
        for reason in self.reasons:
            counts[reason.status] = counts.get(reason.status, 0) + reason.count
        return counts


def list_runs(actor: "Actor", *, purposes: Iterable[str] = SHOWN) -> QuerySet[Run]:
    """The workspace's runs, newest first, each with its `figures`: total, ended, scored, unscored."""
    items = RunItem.objects.filter(run=OuterRef("pk")).order_by().values("run")
    figures = JSONObject(
        total=Count("pk"),
        ended=Count("pk", filter=Q(state__in=[RunItem.State.DONE, RunItem.State.FAILED])),
        scored=Sum("scored", default=0),
        unscored=Sum("unscored", default=0),
    )
    return (
        Run.objects.filter(workspace=actor.workspace, purpose__in=list(purposes))
        .select_related("job", "dataset", "created_by", "set_version__rubric_set")
        .prefetch_related("versions__rubric", "judges__judge")
        .annotate(figures=Subquery(items.annotate(figures=figures).values("figures"), output_field=JSONField()))
        .order_by("-created_at", "-id")
    )


def live_count(actor: "Actor") -> int:
    """How many runs are under way."""
    states = [JobState.QUEUED, JobState.RUNNING]
    return Run.objects.filter(workspace=actor.workspace, purpose__in=SHOWN, job__state__in=states).count()


def get_run(actor: "Actor", run_id: Any) -> Run:
    """A run of the actor's workspace."""
    try:
        return (
            Run.objects.select_related("job", "dataset", "created_by", "set_version__rubric_set", "combination")
            .prefetch_related("versions__rubric", "judges__judge")
            .get(pk=run_id, workspace=actor.workspace)
        )
    except (Run.DoesNotExist, ValidationError, ValueError) as missing:
        raise errors.NotFound("There is no such run in this workspace.", code="run_unknown") from missing


def run_progress(run: Run, *, now: datetime | None = None) -> RunProgress:
    """Count what a run has done, in at most six queries."""
    state = RunItem.State
    items = RunItem.objects.filter(run=run).aggregate(
        total=Count("pk"),
        judged=Count("pk", filter=Q(state=state.DONE)),
        failed=Count("pk", filter=Q(state=state.FAILED)),
        waiting=Count("pk", filter=Q(state=state.WAITING)),
        cancelled=Count("pk", filter=Q(state=state.CANCELLED)),
        degenerate=Count("pk", filter=~Q(content_reason="")),
        scored=Sum("scored", default=0),
        unscored=Sum("unscored", default=0),
        reused=Sum("reused", default=0),
    )
    job = run.job
    shards = job_queries.progress(job) if job else None
    return RunProgress(
        **items,
        **vars(spent(run)),
        vanishing=_vanishing(run),
        state=job.state if job else JobState.DONE,
        note=job.note if job else "",
        seconds=_elapsed(run, now or timezone.now()),
        parts_failed=shards.failed if shards else 0,
        problems=tuple(job_queries.reasons(job)) if job else (),
        reasons=tuple(reasons(run)) if items["unscored"] else (),
    )


def reasons(run: Run) -> list[Reason]:
    """Why verdicts of a run are unscored, most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, [run.pk])
        return [Reason(*row) for row in cursor.fetchall()]


def contradictions(run: Run) -> int | None:
    """How many verdicts say something else than the reasons before them; None where no judge of the run writes any."""
    if not any(_writes(judge) for judge in run.judges.all()):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_CONTRADICTED, [run.pk])
        return len(cursor.fetchall())


def _writes(judge: JudgeVersion) -> bool:
    """Whether a judge writes more than one token a criterion."""
    if judge.strategy not in strategies.NAMES:
        return False
    load = strategies.Load(1, 1, judge.protocol, judge.settings)
    return strategies.get(judge.strategy).cost(load).written_tokens > 1


def spent(run: Run) -> Spent:
    """Calls and tokens of a run, and what of them each judge's engine shared."""
    told = Q(shared_tokens__gt=0)
    rows = list(
        Call.objects.filter(run=run)
        .order_by("judge_version__judge__name", "judge_version__number")
        .values("judge_version__judge__name", "judge_version__number")
        .annotate(
            calls=Sum("http_calls"),
            prompt=Sum("prompt_tokens"),
            cached=Sum("cached_tokens"),
            completion=Sum("completion_tokens"),
            shared=Sum("shared_tokens"),
            saved=Sum(Least("cached_tokens", "shared_tokens"), filter=told, default=0),
        )
    )
    return Spent(
        calls=sum(row["calls"] for row in rows),
        prompt_tokens=sum(row["prompt"] for row in rows),
        cached_tokens=sum(row["cached"] for row in rows),
        completion_tokens=sum(row["completion"] for row in rows),
        sharing=tuple(
            Sharing(f"{row['judge_version__judge__name']}@{row['judge_version__number']}", row["shared"], row["saved"])
            for row in rows
            if row["shared"]
        ),
    )


def _vanishing(run: Run) -> int:
    """How many verdicts rest on likelihoods too small to compare; asked only of runs whose judges read such."""
    if not any(judge.strategy == "reference_likelihood" for judge in run.judges.all()):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_VANISHING, [run.pk])
        return int(cursor.fetchone()[0])


def runs_with(version: JudgeVersion, *, limit: int = 10) -> list[Run]:
    """The newest runs that used a judge version."""
    found = Run.objects.filter(judges=version, purpose__in=SHOWN).select_related("job").order_by("-created_at")
    return list(found[:limit])


def run_items(run: Run, *, show: str = "") -> QuerySet[RunItem]:
    """The items of a run in order; `show` keeps only the unscored, the waiting, the degenerate or the contradicted."""
    items = RunItem.objects.filter(run=run)
    if show == "unscored":
        items = items.filter(Q(unscored__gt=0) | Q(state=RunItem.State.FAILED))
    elif show == "waiting":
        items = items.filter(state=RunItem.State.WAITING)
    elif show == "degenerate":
        items = items.exclude(content_reason="")
    elif show == "contradicted":
        items = items.filter(pk__in=RawSQL(_CONTRADICTED, [run.pk]))  # noqa: S611  (a constant text)
    return items.order_by("index")


def get_item(actor: "Actor", run_id: Any, index: int) -> RunItem:
    """One item of a run of the actor's workspace."""
    run = get_run(actor, run_id)
    found = RunItem.objects.filter(run=run, index=index).first()
    if found is None:
        raise errors.NotFound("This run has no such answer.", code="run_item_unknown")
    found.run = run
    return found


def get_call(actor: "Actor", call_id: int) -> Call:
    """One exchange with an engine, as it was kept."""
    calls = Call.objects.select_related("judge_version__judge", "subject__prompt__dataset", "run")
    found = calls.filter(pk=call_id, workspace=actor.workspace).first()
    if found is None:
        raise errors.NotFound("There is no such call in this workspace.", code="call_unknown")
    return found


def _elapsed(run: Run, now: datetime) -> float:
    job = run.job
    if job is None or job.started_at is None:
        return 0.0
    return max(0.0, ((job.finished_at or now) - job.started_at).total_seconds())

"""What judging costs in money and time: by the prices a judge was given and by how fast it was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Sum

from apps.judging.models import Call, Run, RunItem

if TYPE_CHECKING:
    from apps.judging.models import JudgeVersion

MILLION = 1_000_000
HOUR = 3600
PRICES = ("price_prompt", "price_cached", "price_written", "price_hour")
LOOKED_AT = 5


@dataclass(frozen=True)
class Money:
    """An amount in one currency; `capped` says that it counts every prompt token as computed."""

    amount: float
    currency: str
    capped: bool = False


@dataclass(frozen=True)
class Pace:
    """How fast a judge was in its newest runs, and which share of its prompt tokens came from the cache."""

    verdicts_per_s: float
    cached_share: float
    runs: int


@dataclass(frozen=True)
class Spent:
    """Tokens and seconds of one judge."""

    judge: "JudgeVersion"
    prompt_tokens: float
    cached_tokens: float
    written_tokens: float
    seconds: float | None


def pace_of(judge: "JudgeVersion") -> Pace | None:
    """Measured over the newest ended runs that this judge, or one that judges alike, made alone."""
    chosen: list[Run] = []
    runs = Run.objects.filter(judges__fingerprint=judge.fingerprint, job__state="done", job__started_at__isnull=False)
    for run in runs.select_related("job").prefetch_related("judges").order_by("-created_at")[: 4 * LOOKED_AT]:
        if len(run.judges.all()) == 1 and len(chosen) < LOOKED_AT:
            chosen.append(run)
    if not chosen:
        return None
    items = RunItem.objects.filter(run__in=chosen)
    fresh = items.aggregate(fresh=Sum(F("scored") + F("unscored") - F("reused"), default=0))["fresh"]
    seconds = sum(
        (run.job.finished_at - run.job.started_at).total_seconds()
        for run in chosen
        if run.job is not None and run.job.started_at is not None and run.job.finished_at is not None
    )
    if fresh < 1 or seconds <= 0:
        return None
    tokens = Call.objects.filter(run__in=chosen).aggregate(
        prompt=Sum("prompt_tokens", default=0), cached=Sum("cached_tokens", default=0)
    )
    return Pace(fresh / seconds, tokens["cached"] / tokens["prompt"] if tokens["prompt"] else 0.0, len(chosen))


def money_of(spent: Sequence[Spent], *, capped: bool = False) -> Money | None:
    """What several judges cost together; None where one has no price, or where their currencies differ."""
    amounts = [_amount(one) for one in spent]
    currencies = {str(one.judge.settings.get("currency", "")) for one in spent}
    if not amounts or None in amounts or len(currencies) > 1:
        return None
    return Money(sum(amount for amount in amounts if amount is not None), currencies.pop(), capped)


def money_of_run(run: Run) -> Money | None:
    """What a run cost so far, by the calls it made; verdicts that were stored before cost nothing."""
    rows = Call.objects.filter(run=run).values("judge_version").annotate(
        prompt=Sum("prompt_tokens"), cached=Sum("cached_tokens"), written=Sum("completion_tokens"), time=Sum("seconds")
    )  # fmt: skip
    judges = {judge.pk: judge for judge in run.judges.all()}
    spent = [
        Spent(judges[row["judge_version"]], row["prompt"], row["cached"], row["written"], row["time"])
        for row in rows
        if row["judge_version"] in judges
    ]
    return money_of(spent)


def _amount(one: Spent) -> float | None:
    """Token prices are for a million tokens, cached ones at their own price; the hour is of the engine."""
    settings = one.judge.settings
    if not any(name in settings for name in PRICES):
        return None
    if "price_hour" in settings and one.seconds is None:
        return None
    prompt = float(settings.get("price_prompt", 0))
    cached = float(settings.get("price_cached", prompt))
    tokens = (one.prompt_tokens - one.cached_tokens) * prompt + one.cached_tokens * cached
    tokens += one.written_tokens * float(settings.get("price_written", 0))
    return tokens / MILLION + float(settings.get("price_hour", 0)) * (one.seconds or 0) / HOUR

"""What is known of alarms: which are open, what became of them, and the rollouts behind them."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.judging.models import RunItem
from apps.training.models import Alarm, RewardItem, Suspension, TrainingRun
from apps.training.queries import watching
from domain import errors, watch

MOST_BEHIND = 200
MOST_LOOKED_AT = 20_000
LINEAGE = "lineage"


@dataclass(frozen=True)
class Behind:
    """A rollout behind an alarm: what it was paid, where its verdicts are, and the number that makes it telling."""

    item: RewardItem
    reward: float | None
    place: RunItem | None
    number: float | None


def alarms(actor: Actor) -> QuerySet[Alarm]:
    """The alarms of the workspace, the newest first."""
    found = Alarm.objects.filter(training_run__workspace=actor.workspace).select_related("training_run")
    return found.prefetch_related("events__by").order_by("-created_at")


def waiting() -> Q:
    """Alarms that nobody has closed or muted for now."""
    return Q(closed_at=None) & (Q(muted_until=None) | Q(muted_until__lte=timezone.now()))


def open_alarms(actor: Actor) -> int:
    """How many alarms wait for a person."""
    return alarms(actor).filter(waiting()).count()


def alarms_by_run(actor: Actor) -> dict[Any, int]:
    """How many alarms of each run wait for a person."""
    rows = alarms(actor).filter(waiting()).order_by().values("training_run").annotate(found=Count("pk"))
    return {row["training_run"]: row["found"] for row in rows}


def get_alarm(actor: Actor, key: int) -> Alarm:
    """An alarm of the actor's workspace."""
    found = alarms(actor).filter(pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such alarm.", code="alarm_unknown")
    return found


def title_of(kind: str) -> str:
    """What an alarm is called."""
    if kind == LINEAGE:
        return "Judge and policy are related"
    return watch.RULES[kind].title if kind in watch.RULES else "A limit is passed"


def said_of(alarm: Alarm) -> str:
    """What an alarm says, in a sentence."""
    return str(alarm.figures.get("says", ""))


def show_alarm(alarm: Alarm) -> dict[str, Any]:
    """An alarm as REST shows it."""
    return {
        "id": alarm.pk,
        "training_run": str(alarm.training_run_id),
        "kind": alarm.kind,
        "title": title_of(alarm.kind),
        "about": alarm.about or None,
        "says": said_of(alarm),
        "step": alarm.step,
        "since": alarm.since,
        "last": alarm.last,
        "ended": alarm.ended,
        "figures": {name: value for name, value in alarm.figures.items() if name != "says"},
        "state": alarm_state(alarm),
        "muted_until": alarm.muted_until,
        "created_at": alarm.created_at,
        "closed_at": alarm.closed_at,
        "events": [
            {
                "verb": event.verb,
                "by": event.by.name if event.by else None,
                "reason": event.reason,
                "until": event.until,
                "step": event.step,
                "queue": event.queue_id,
                "at": event.created_at,
            }
            for event in alarm.events.all()
        ],
    }


def show_alarms(run: TrainingRun) -> list[dict[str, Any]]:
    """The alarms of a run as REST shows them, the newest first."""
    found = run.alarms.prefetch_related("events__by").order_by("-step", "-created_at")
    return [show_alarm(alarm) for alarm in found]


def show_rules(run: TrainingRun) -> list[dict[str, Any]]:
    """The alarms there are, with the limits that a run has."""
    now = watching.watch_settings(run).rules
    return [
        {
            "kind": rule.kind,
            "title": rule.title,
            "form": str(rule.form),
            "limit": (mine := now.get(rule.kind, rule)).limit,
            "window": mine.window.points,
            "patience": mine.window.patience,
            "least": mine.window.least,
            "on": rule.kind in now,
            "formula": rule.formula,
            "source": rule.source,
        }
        for rule in watch.RULES.values()
    ]


def alarm_state(alarm: Alarm) -> str:
    """Closed, muted, over (it ended by itself) or open."""
    if alarm.closed_at is not None:
        return "closed"
    if alarm.muted_until is not None and alarm.muted_until > timezone.now():
        return "muted"
    return "over" if alarm.ended is not None else "open"


def behind(alarm: Alarm, most: int = MOST_BEHIND) -> list[Behind]:
    """The rollouts behind an alarm, the most telling first, from where it began to where it was raised.

    Of a collapse and of groups without variance, whole groups with the least spread; of a dead criterion the rollouts
    it judged, one of each group first; of unscored ones those without a reward; of length and repetition the
    worst; of anything else the best paid.
    """
    if alarm.step is None:
        return []
    steps = _steps(alarm)
    found = list(watching.rollouts_at(alarm.training_run, *steps).filter(result__isnull=False)[:MOST_LOOKED_AT])
    numbers = _numbers(alarm, found)
    ranked = sorted(
        ((numbers(item), place, item) for place, item in enumerate(found)), key=lambda one: (-one[0][0], one[1])
    )
    chosen = [(number, item) for (rank, number), _, item in ranked if rank != _NOT][:most]
    return [Behind(item, _reward(item), item.run_item, number) for number, item in chosen]


def suspensions(actor: Actor) -> QuerySet[Suspension]:
    """Suspended criteria of the workspace, those that still are first."""
    found = Suspension.objects.filter(workspace=actor.workspace).select_related("rubric", "by", "lifted_by", "alarm")
    return found.order_by("-lifted_at", "-created_at")


def get_suspension(actor: Actor, key: int) -> Suspension:
    """A suspension of the actor's workspace."""
    found = suspensions(actor).filter(pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such suspension.", code="suspension_unknown")
    return found


def waiting_alarms(actor: Actor) -> QuerySet[Alarm]:
    """The alarms that wait for a person."""
    return alarms(actor).filter(waiting())


_NOT = float("-inf")
Rank = Callable[[RewardItem], tuple[float, float | None]]


def _steps(alarm: Alarm) -> list[int]:
    first, last = alarm.since if alarm.since is not None else alarm.step, alarm.step
    rows = alarm.training_run.watched_steps.filter(step__gte=first, step__lte=last).order_by("-step")
    return list(rows.values_list("step", flat=True)[:50])


def _numbers(alarm: Alarm, items: list[RewardItem]) -> Rank:
    """How telling a rollout is, and the number to show; −∞ leaves it out."""
    if alarm.kind == "unscored":
        return lambda item: (0.0 if _reward(item) is None else _NOT, None)
    if alarm.kind == "saturation":
        return lambda item: (_at_top(item), (item.result or {}).get("display"))
    if alarm.kind in {"zero_variance", "variance_collapse"}:
        spreads = _spreads(items)
        return lambda item: (-spreads[key], spreads[key]) if (key := _group(item)) in spreads else (_NOT, None)
    if alarm.kind == "dead_criterion":
        return _judged(alarm.about, items)
    if alarm.kind in {"length", "repetition"}:
        texts = watching.texts_of(item.subject_id for item in items)
        measure: Callable[[str], float] = watch.repetition if alarm.kind == "repetition" else lambda t: len(t.split())
        known = {key: float(measure(text)) for key, text in texts.items()}
        return lambda item: (known.get(item.subject_id, _NOT), known.get(item.subject_id))
    return lambda item: (_NOT if (reward := _reward(item)) is None else reward, reward)


def _reward(item: RewardItem) -> float | None:
    return (item.result or {}).get("reward")


def _at_top(item: RewardItem) -> float:
    shown = (item.result or {}).get("display")
    return shown if shown is not None and shown >= watch.TOP else _NOT


def _group(item: RewardItem) -> tuple[int | None, str]:
    return item.request.step, watching.group_of(item)


def _spreads(items: list[RewardItem]) -> Mapping[tuple[int | None, str], float]:
    groups: dict[tuple[int | None, str], list[float]] = defaultdict(list)
    for item in items:
        reward = _reward(item)
        if reward is not None:
            groups[_group(item)].append(reward)
    return {key: max(found) - min(found) for key, found in groups.items() if len(found) > 1}


def _judged(about: str, items: list[RewardItem]) -> Rank:
    seen: dict[tuple[int | None, str], int] = defaultdict(int)
    ranks: dict[int, tuple[float, float | None]] = {}
    for item in items:
        value = watching.degrees(item.result or {"criteria": {}}, item.version.rubric.slug).get(about)
        if value is not None:
            ranks[item.pk] = (-float(seen[_group(item)]), value)
            seen[_group(item)] += 1
    return lambda item: ranks.get(item.pk, (_NOT, None))

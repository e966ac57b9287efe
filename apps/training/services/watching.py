"""Watching training runs: figures summed up step by step, alarms raised, renewed and ended."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.training import queries
from apps.training.models import Alarm, AlarmEvent, RewardRequest, TelemetryPoint, TrainingRun, WatchedStep
from apps.training.services import rewards, telling
from domain import errors, watch

log = logging.getLogger(__name__)
LATE = timedelta(minutes=1)
"""What a transaction wrote may be older than the moment at which it can be seen."""
AFTER = timedelta(days=1)
"""How long after its end a run is still looked at."""
UNASKED = timedelta(minutes=2)
"""After this long nobody is going to fetch an answer, so it is written down for the figures."""
AT_ONCE = 200


def set_watch(*, by: Actor, run: TrainingRun, changed: Mapping[str, Any]) -> TrainingRun:
    """Hold a run against other limits from now on, over all its steps; alarms that no longer hold end."""
    by.require(Role.AUTHOR, "set the limits of alarms")
    watch.settings(changed, at="/watch")
    with transaction.atomic():
        run.watch = dict(changed)
        run.save(update_fields=["watch"])
        history.record(by=by, workspace=by.workspace, action="training_run.watch_set", target=run, detail=run.watch)
    hold(run=run)
    return run


def watch_run(*, run: TrainingRun) -> list[Alarm]:
    """Sum up what came since the last time, and raise what it shows; the alarms that are new."""
    now = timezone.now()
    since = run.watched_at - LATE if run.watched_at else None
    for step in queries.news_of(run, since):
        row = WatchedStep(training_run=run, step=step, figures=queries.figures_at(run, step).stored(), at=now)
        WatchedStep.objects.bulk_create(
            [row], update_conflicts=True, update_fields=["figures", "at"], unique_fields=["training_run", "step"]
        )
    raised = hold(run=run)
    TrainingRun.objects.filter(pk=run.pk).update(watched_at=now)
    return raised


@transaction.atomic
def hold(*, run: TrainingRun) -> list[Alarm]:
    """Hold the figures of a run against its limits: raise, renew and end alarms; the new ones.

    An episode that an alarm tells of already, open or closed, is the same alarm, even where late figures moved its
    step.
    """
    held = TrainingRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    known = list(Alarm.objects.filter(training_run=held))
    fresh, seen = [], set()
    for raised in queries.raised_now(held):
        alarm = next((one for one in known if one.pk not in seen and _is_same(one, raised)), None)
        if alarm is None:
            alarm = _raise(held, raised)
            fresh.append(alarm)
        else:
            _renew(alarm, raised)
        seen.add(alarm.pk)
    for alarm in known:
        if alarm.pk not in seen and alarm.kind != queries.LINEAGE and alarm.ended is None:
            _end(alarm, alarm.last, "It no longer holds under the present limits and figures.")
    related = _related(held, known)
    return [*fresh, related] if related else fresh


def sweep() -> int:
    """Watch the runs that something came for since they were last watched; how many alarms were raised."""
    _write_down()
    count = 0
    open_ones = TrainingRun.objects.filter(Q(state="open") | Q(closed_at__gt=timezone.now() - AFTER))
    for run in open_ones.order_by("watched_at"):
        if _has_news(run):
            count += len(watch_run(run=run))
    return count


def _has_news(run: TrainingRun) -> bool:
    if run.watched_at is None:
        return True
    since = run.watched_at - LATE
    reported = TelemetryPoint.objects.filter(training_run=run, at__gte=since)
    return reported.exists() or bool(queries.news_of(run, since))


def _write_down() -> None:
    """Keep the answers of judged requests under runs that no client came back for."""
    left = RewardRequest.objects.filter(
        training_run__isnull=False, done_at=None, created_at__lt=timezone.now() - UNASKED
    ).select_related("run__job", "judge_version__judge")
    for request in left.order_by("created_at")[:AT_ONCE]:
        if queries.is_done(request):
            rewards.serve(request)


def _is_same(alarm: Alarm, raised: watch.Raised) -> bool:
    if (alarm.kind, alarm.about) != (raised.kind, raised.about) or alarm.step is None or alarm.last is None:
        return False
    return alarm.step <= raised.episode.last and alarm.last >= raised.episode.since


def _raise(run: TrainingRun, raised: watch.Raised) -> Alarm:
    episode = raised.episode
    alarm = Alarm.objects.create(
        training_run=run, kind=raised.kind, about=raised.about, step=episode.step, since=episode.since,
        last=episode.last, ended=episode.ended, figures=_figures(raised),
    )  # fmt: skip
    _said(alarm, AlarmEvent.Verb.RAISED, step=episode.step)
    if episode.ended is not None:
        _said(alarm, AlarmEvent.Verb.ENDED, step=episode.ended)
    return alarm


def _renew(alarm: Alarm, raised: watch.Raised) -> None:
    episode = raised.episode
    before, alarm.last, alarm.ended = alarm.ended, episode.last, episode.ended
    alarm.save(update_fields=["last", "ended"])
    if before is None and episode.ended is not None:
        _said(alarm, AlarmEvent.Verb.ENDED, step=episode.ended)
    if before is not None and episode.ended is None:
        _said(alarm, AlarmEvent.Verb.RETURNED, step=episode.last)


def _end(alarm: Alarm, step: int | None, why: str) -> None:
    alarm.ended = step
    alarm.save(update_fields=["ended"])
    _said(alarm, AlarmEvent.Verb.ENDED, step=step, reason=why)


def _figures(raised: watch.Raised) -> dict[str, Any]:
    episode = raised.episode
    return {
        "says": watch.told(raised), "value": episode.value, "limit": raised.limit, "form": str(raised.form),
        "baseline": episode.baseline, "window": raised.window, "mean_before": raised.mean_before,
        "mean_then": raised.mean_then,
    }  # fmt: skip


def _related(run: TrainingRun, known: list[Alarm]) -> Alarm | None:
    """An alarm, once for each judge, where judge and policy are of one family."""
    pin = queries.current_pin(run)
    kin = queries.kinship_of(run, pin)
    about = str(pin.judge_version)
    if kin is None or not kin.warns or any((one.kind, one.about) == (queries.LINEAGE, about) for one in known):
        return None
    figures = {"says": kin.says, "lineage": str(kin.lineage)}
    alarm = Alarm.objects.create(training_run=run, kind=queries.LINEAGE, about=about, figures=figures)
    _said(alarm, AlarmEvent.Verb.RAISED)
    return alarm


def _said(alarm: Alarm, verb: AlarmEvent.Verb, *, step: int | None = None, reason: str = "") -> None:
    AlarmEvent.objects.create(alarm=alarm, verb=verb, step=step, reason=reason)
    telling.alarm_moved(alarm, verb, reason=reason)


def check_open(alarm: Alarm) -> None:
    """Refuse what no longer makes sense of a closed alarm."""
    if alarm.closed_at is not None:
        raise errors.Conflict("This alarm is closed.", code="alarm_closed")

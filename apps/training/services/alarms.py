"""What people do about alarms: mute, close, have the rollouts behind them reviewed."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.review import services as review
from apps.review.models import Queue
from apps.rubrics import queries as rubric_queries
from apps.training import queries
from apps.training.models import Alarm, AlarmEvent
from apps.training.services import telling
from apps.training.services.watching import check_open
from domain import errors

LONGEST = timedelta(days=366)
MOST_REASON = 2000


@transaction.atomic
def mute_alarm(*, by: Actor, alarm: Alarm, until: datetime, reason: str) -> Alarm:
    """Count an alarm no more until a time, with the reason; it goes on being watched."""
    by.require(Role.AUTHOR, "mute alarms")
    held, said = _held(by, alarm), _said(reason)
    now = timezone.now()
    if not now < until <= now + LONGEST:
        problem = errors.Problem("/until", "must lie ahead, at most a year")
        raise errors.Invalid("The end of the muting must lie ahead, at most a year.", problems=[problem])
    held.muted_until = until
    held.save(update_fields=["muted_until"])
    _note(by, held, AlarmEvent.Verb.MUTED, reason=said, until=until)
    return held


@transaction.atomic
def unmute_alarm(*, by: Actor, alarm: Alarm) -> Alarm:
    """Count an alarm again."""
    by.require(Role.AUTHOR, "mute alarms")
    held = _held(by, alarm)
    if held.muted_until is None or held.muted_until <= timezone.now():
        raise errors.Conflict("This alarm is not muted.", code="alarm_not_muted")
    held.muted_until = None
    held.save(update_fields=["muted_until"])
    _note(by, held, AlarmEvent.Verb.UNMUTED)
    return held


@transaction.atomic
def close_alarm(*, by: Actor, alarm: Alarm, reason: str) -> Alarm:
    """Say what was done about it; if the same comes again later, that is a new alarm."""
    by.require(Role.AUTHOR, "close alarms")
    held, said = _held(by, alarm), _said(reason)
    held.closed_at = timezone.now()
    held.save(update_fields=["closed_at"])
    _note(by, held, AlarmEvent.Verb.CLOSED, reason=said)
    if held.ended is None:
        telling.alarm_moved(held, AlarmEvent.Verb.CLOSED, reason=said)
    return held


@transaction.atomic
def queue_alarm(*, by: Actor, alarm: Alarm, size: int = queries.MOST_BEHIND) -> Queue:
    """A review queue of the rollouts behind an alarm, the most telling first; closed alarms have one, too."""
    if not 1 <= size <= queries.MOST_BEHIND:
        sentence = f"A queue of an alarm has 1 to {queries.MOST_BEHIND} rollouts."
        raise errors.Invalid(sentence, problems=[errors.Problem("/size", sentence)])
    found = queries.behind(alarm, size)
    if not found:
        raise errors.Conflict("No rollouts of this alarm's steps are kept here.", code="alarm_without_rollouts")
    criterion = alarm.about.partition(":")[2] if alarm.kind == "dead_criterion" else ""
    places = [
        review.Flagged(one.item.version_id, one.item.subject_id, criterion, _keys(one, criterion)) for one in found
    ]
    queue = review.queue_of_flagged(
        by=by, name=f"{queries.title_of(alarm.kind)}: {alarm.training_run.name}, step {alarm.step}", places=places,
        said={"kind": "alarm", "alarm": alarm.pk, "training_run": str(alarm.training_run_id), "step": alarm.step},
    )  # fmt: skip
    _note(by, alarm, AlarmEvent.Verb.QUEUED, queue_id=queue.pk)
    return queue


def _keys(behind: queries.Behind, criterion: str) -> tuple[uuid.UUID, ...]:
    """The stored verdicts that the rollout was paid by: of all criteria, or of one."""
    if behind.place is None or behind.place.asked:
        return ()
    keys = tuple(behind.place.verdict_keys)
    if not criterion:
        return keys
    names = [one.id for one in rubric_queries.domain_rubric(behind.item.version).criteria]
    return tuple(key for name, key in zip(names, keys, strict=False) if name == criterion)


def _held(by: Actor, alarm: Alarm) -> Alarm:
    found = Alarm.objects.select_for_update().get(pk=alarm.pk)
    if found.training_run.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such alarm.", code="alarm_unknown")
    check_open(found)
    return found


def _said(reason: str) -> str:
    said = reason.strip()
    if not said or len(said) > MOST_REASON:
        sentence = f"Say why, in at most {MOST_REASON:,} characters."
        raise errors.Invalid(sentence, problems=[errors.Problem("/reason", sentence)])
    return said


def _note(by: Actor, alarm: Alarm, verb: AlarmEvent.Verb, **more: object) -> None:
    AlarmEvent.objects.create(alarm=alarm, verb=verb, by=by.user, step=alarm.step, **more)
    history.record(
        by=by, workspace=by.workspace, action=f"alarm.{verb}", target=alarm,
        detail={"training_run": str(alarm.training_run_id), "kind": alarm.kind, "step": alarm.step},
    )  # fmt: skip

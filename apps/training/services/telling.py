"""What webhooks are told of releases and alarms, in the transaction in which it happened."""

from typing import Any

from apps.accounts import services as accounts
from apps.training import queries
from apps.training.models import Alarm, AlarmEvent, Deprecation, Release

MOST_NOTES = 2000
_RAISED = (AlarmEvent.Verb.RAISED, AlarmEvent.Verb.RETURNED)
_CLEARED = (AlarmEvent.Verb.ENDED, AlarmEvent.Verb.CLOSED)


def release_published(release: Release, *, rubrics: int) -> None:
    """A release can be pulled."""
    data = {"release": release.name, "digest": release.digest, "rubrics": rubrics, "notes": release.notes[:MOST_NOTES]}
    accounts.announce(workspace=release.workspace, event="release.published", data=data)


def release_deprecated(done: Deprecation) -> None:
    """A release should no longer be pinned."""
    release = done.release
    data = {"release": release.name, "digest": release.digest, "reason": done.reason}
    accounts.announce(workspace=release.workspace, event="release.deprecated", data=data)


def alarm_moved(alarm: Alarm, verb: AlarmEvent.Verb, *, reason: str = "") -> None:
    """An alarm was raised, came back, ended or was closed; of other things nobody is told."""
    if verb not in (*_RAISED, *_CLEARED):
        return
    run = alarm.training_run
    data: dict[str, Any] = {
        "alarm": alarm.pk, "training_run": str(run.pk), "name": run.name, "kind": alarm.kind,
        "title": queries.title_of(alarm.kind), "about": alarm.about, "says": alarm.figures.get("says", ""),
        "step": alarm.step, "last": alarm.last, "ended": alarm.ended, "what": str(verb), "reason": reason,
    }  # fmt: skip
    event = "alarm.raised" if verb in _RAISED else "alarm.cleared"
    accounts.announce(workspace=run.workspace, event=event, data=data)

"""What belongs to one call: the others of the same verdict, its replays, what was read from it."""

from django.db.models import QuerySet

from apps.jobs.models import OPEN_JOBS, Job
from apps.judging.models import Call, Verdict


def together(call: Call) -> list[Call]:
    """All calls that led to verdicts together with this one, in their order."""
    if call.exchange is None:
        return [call]
    return list(Call.objects.filter(subject=call.subject_id, exchange=call.exchange).order_by("pk"))


def replays(call: Call) -> QuerySet[Call]:
    """What came back when it was asked again, newest first."""
    return call.replays.order_by("-pk")


def can_replay(call: Call) -> bool:
    """Whether its prompt is kept as it was sent, so that exactly the same can be asked."""
    return bool(call.request and call.rendered_shared) and call.replay_of_id is None


def replaying(call: Call) -> Job | None:
    """The job that asks it again now."""
    return _jobs(call).filter(state__in=OPEN_JOBS).first()


def last_replay(call: Call) -> Job | None:
    """The newest job that asked it again."""
    return _jobs(call).first()


def verdict_read(call: Call, place: int) -> Verdict | None:
    """The verdict that was read from one reply of a call."""
    return Verdict.objects.filter(subject=call.subject_id, call_id=call.pk, call_index=place).first()


def _jobs(call: Call) -> QuerySet[Job]:
    found = Job.objects.filter(workspace=call.workspace_id, kind="judge-replay", params__call=call.pk)
    return found.order_by("-created_at")

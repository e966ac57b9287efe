"""When a job has ended, webhooks are told."""

from typing import Any

from django.dispatch import receiver

from apps.accounts import services
from apps.jobs.models import Job, JobState
from apps.jobs.signals import job_ended

_EVENTS = {JobState.DONE: "job.done", JobState.FAILED: "job.failed", JobState.CANCELLED: "job.cancelled"}


@receiver(job_ended, dispatch_uid="accounts.job_ended")
def tell(*, job: Job, **_: Any) -> None:
    """Say which job ended, and how."""
    services.announce(
        workspace=job.workspace, event=_EVENTS[JobState(job.state)],
        data={
            "job": str(job.pk), "kind": job.kind, "title": job.title, "params": job.params, "counts": job.counts,
            "note": job.note, "created_at": job.created_at, "finished_at": job.finished_at,
        },
    )  # fmt: skip

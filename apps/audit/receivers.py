"""Marks exams and runs planned audits when a run has judged."""

from typing import Any

from django.dispatch import receiver

from apps.audit import services
from apps.judging.models import Run
from apps.judging.signals import run_judged


@receiver(run_judged, dispatch_uid="audit.planned")
def audit_as_planned(*, run: Run, **_: Any) -> None:
    """Ask for each audit that is planned for a rubric of the run."""
    services.run_planned(run=run)


@receiver(run_judged, dispatch_uid="audit.exam")
def mark_exam(*, run: Run, **_: Any) -> None:
    """Mark the sitting that the run was for."""
    if run.purpose == Run.Purpose.EXAM:
        services.mark_sitting(run=run)

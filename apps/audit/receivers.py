"""Runs planned audits when a run has judged."""

from typing import Any

from django.dispatch import receiver

from apps.audit import services
from apps.judging.models import Run
from apps.judging.signals import run_judged


@receiver(run_judged, dispatch_uid="audit.planned")
def audit_as_planned(*, run: Run, **_: Any) -> None:
    """Ask for each audit that is planned for a rubric of the run."""
    services.run_planned(run=run)

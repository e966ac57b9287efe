"""Reports of the quality gate."""

from dataclasses import dataclass

from apps.accounts.permissions import Actor
from apps.jobs.models import Job, Shard
from apps.judging import queries as judging
from apps.refinement.models import GateReport
from apps.rubrics.models import RubricVersion
from domain import errors

_RELATED = ("version__rubric", "dataset", "judge__judge", "job", "created_by")
LISTED = 20


@dataclass(frozen=True)
class ReportState:
    """Where a report stands: under way, refused with its reason, or done."""

    report: GateReport
    reason: str

    @property
    def job(self) -> Job | None:
        """The job that measures."""
        return self.report.job

    @property
    def is_live(self) -> bool:
        """Whether something may still happen."""
        return self.report.done_at is None and self.job is not None and self.job.is_open


def reports_of(version: RubricVersion) -> list[GateReport]:
    """What was measured of any version of the rubric, the newest first."""
    rows = GateReport.objects.filter(version__rubric=version.rubric_id, done_at__isnull=False)
    return list(rows.select_related(*_RELATED).order_by("-pk")[:LISTED])


def newest_report(version: RubricVersion) -> GateReport | None:
    """What was measured last of this very version."""
    rows = GateReport.objects.filter(version=version, done_at__isnull=False)
    return rows.select_related(*_RELATED).order_by("-pk").first()


def get_report(actor: Actor, key: int) -> GateReport:
    """A report of the workspace."""
    found = GateReport.objects.select_related(*_RELATED).filter(workspace=actor.workspace, pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such report here.", code="report_unknown")
    return found


def report_state(version: RubricVersion) -> ReportState | None:
    """Where the report that was asked for last of this version stands."""
    report = GateReport.objects.filter(version=version).select_related(*_RELATED).order_by("-pk").first()
    if report is None:
        return None
    shard = None
    if report.done_at is None and report.job_id:
        shard = Shard.objects.filter(job=report.job_id).order_by("index").first()
    return ReportState(report, shard.error if shard else "")


def still_holds(report: GateReport) -> bool:
    """Whether the version says what it said when it was measured."""
    return judging.digest_of(report.version) == report.digest

"""Reports of what a rubric does to a judge's margins."""

from apps.accounts.permissions import Actor
from apps.jobs.models import Shard
from apps.judging import queries as judging
from apps.refinement.models import MarginPair, MarginReport
from apps.rubrics.models import RubricVersion
from domain import errors

_RELATED = ("version__rubric", "dataset", "judge__judge", "job", "created_by")


def newest_margins(version: RubricVersion) -> MarginReport | None:
    """What was measured last of this very version."""
    rows = MarginReport.objects.filter(version=version, done_at__isnull=False)
    return rows.select_related(*_RELATED).order_by("-pk").first()


def asked_margins(version: RubricVersion) -> MarginReport | None:
    """The report of this version that was asked for last."""
    return MarginReport.objects.filter(version=version).select_related(*_RELATED).order_by("-pk").first()


def get_margins(actor: Actor, key: int) -> MarginReport:
    """A report of the workspace."""
    rows = MarginReport.objects.select_related(*_RELATED).filter(workspace=actor.workspace)
    found = rows.filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise errors.NotFound("There is no such report here.", code="report_unknown")
    return found


def why_not(report: MarginReport) -> str:
    """Why a report has not come, empty where nothing is known."""
    failed = Shard.objects.filter(job=report.job_id).exclude(error="").order_by("index").first()
    return failed.error if failed else ""


def pairs_of_margins(report: MarginReport) -> list[MarginPair]:
    """Its pairs with their answers, in their order."""
    return list(report.pairs.select_related("better__prompt", "worse"))


def margins_hold(report: MarginReport) -> bool:
    """Whether the version says what it said when it was measured."""
    return judging.digest_of(report.version) == report.digest

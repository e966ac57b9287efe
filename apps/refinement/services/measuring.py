"""Having a version measured on labelled pairs."""

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging import permissions as judging
from apps.judging import queries as judged
from apps.judging.models import JudgeVersion
from apps.refinement.models import GateReport
from apps.rubrics.models import RubricVersion
from domain import errors

MEASURE = "quality-gate"


@transaction.atomic
def start_measuring(*, by: Actor, version: RubricVersion, dataset: Dataset, judge: JudgeVersion) -> GateReport:
    """Have a worker measure every criterion on the pairs of a data set, from verdicts that are stored; asks no judge.

    Raises Invalid where nobody said in the data set which answer is better.
    """
    by.require_scope("rubrics:write")
    by.require(Role.AUTHOR, "measure rubrics")
    judging.check_inputs(by, [version], [judge], dataset)
    if not dataset.preferences.filter(criterion=None).exists():
        raise errors.Invalid(
            f"Nobody said in {dataset.title} which answer is better.", code="no_preferences",
            problems=[errors.Problem("/dataset", "has no preferences")],
        )  # fmt: skip
    report = GateReport.objects.create(
        workspace=by.workspace, version=version, dataset=dataset, judge=judge, digest=judged.digest_of(version),
        created_by=by.user,
    )  # fmt: skip
    report.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=MEASURE, shards=[{"report": report.pk}], priority=20,
        title=f"Quality gate of {version} on {dataset.slug}",
    )  # fmt: skip
    report.save(update_fields=["job"])
    detail = {"version": str(version), "dataset": dataset.slug, "judge": str(judge)}
    history.record(by=by, workspace=by.workspace, action="quality.measure_asked", target=report, detail=detail)
    return report

"""What the criteria of a version do on labelled pairs: the quality gate."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import queries, services
from apps.refinement.models import GateReport
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors


class MeasureBody(serializers.Serializer[Any]):
    """On whose preferences, by whose stored verdicts."""

    dataset = serializers.CharField(max_length=80, help_text="A data set in which somebody said which answer is better")
    judge = serializers.CharField(max_length=120, help_text="A judge version such as reader@1")


class Rate(answers.Answer):
    """A share with its 95 % interval, of so many pairs; null where there is none."""

    value: float | None
    low: float | None
    high: float | None
    count: int


class Shift(answers.Answer):
    """On how many pairs the margin moved towards the label, away from it, or neither (C2's rule)."""

    helpful: int
    neutral: int
    misleading: int


class Fault(answers.Answer):
    """What is wrong, with the criterion that it repeats or contradicts, and the figure that shows it."""

    fault: str
    other: str
    figure: float | None


class MeasuredCriterion(answers.Answer):
    """What one criterion does; `standing` is keep, watch, drop or unknown. Pitfalls are turned: more is better.

    `edge` lies in [-1, 1], `upper` and `lower` are the mean degrees of better and worse answers, `spread` is the
    variance, `longer` how often it prefers the longer answer, `shorter_right` its consistency where the better answer
    is the shorter, `share` its part of the variance of the weighted sum.
    """

    id: str
    text: str
    pitfall: bool
    standing: str
    known: float
    consistency: Rate
    tied: float | None
    edge: float | None
    upper: float | None
    lower: float | None
    met: float | None
    spread: float | None
    share: float | None
    longer: Rate
    shorter_right: Rate
    shift: Shift
    faults: list[Fault]


class MeasuredRubric(answers.Answer):
    """How the whole rubric orders the pairs; ties and pairs without two scores count neither way."""

    consistency: Rate
    right: int
    wrong: int
    tied: int
    unscored: int


class Measured(answers.Answer):
    """A report of the quality gate: what it rests on, what was left out, and the rates.

    `current` says that the version still says what was measured. `correlations` go by the order of `criteria`, null
    where one of two never varies. `likeness` names what compared the words.
    """

    report: int
    dataset: str
    judge: str
    at: datetime
    current: bool
    pairs: int
    prompts: int
    ties: int
    same_text: int
    unjudged: int
    silent: list[str]
    likeness: str
    rubric: MeasuredRubric
    criteria: list[MeasuredCriterion]
    correlations: list[list[float | None]]


class Asked(answers.Answer):
    """A report that is being made: its number and the job that makes it."""

    report: int
    job: str


class MeasureView(StudioView):
    """Measures a version on labelled pairs."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(
        operation_id="versions_quality_measure", request=MeasureBody, responses={202: Asked, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Measure from stored verdicts; asks no judge. What is found comes as `measured` with the quality."""
        return self.once(lambda: self._measure(slug, number))

    def _measure(self, slug: str, number: int) -> Response:
        body = shapes.checked(MeasureBody, self.body or {})
        version = rubrics.get_version(self.actor, slug, number)
        with errors.at("/dataset"):
            dataset = datasets.get_dataset(self.actor, body["dataset"])
        with errors.at("/judge"):
            judge = judging.judge_by_ref(self.actor, body["judge"])
        report = services.start_measuring(by=self.actor, version=version, dataset=dataset, judge=judge)
        where = f"/api/v1/rubrics/{slug}/versions/{number}/quality"
        return Response({"report": report.pk, "job": str(report.job_id)}, status=202, headers={"Location": where})


def newest(version: RubricVersion) -> dict[str, Any] | None:
    """The last report on a version."""
    report = queries.newest_report(version)
    return None if report is None else _shown(report)


def _shown(report: GateReport) -> dict[str, Any]:
    told = {name: value for name, value in report.figures.items() if name != "limits"}
    return {
        "report": report.pk, "dataset": report.dataset.slug, "judge": str(report.judge), "at": report.done_at,
        "current": queries.still_holds(report), **told, "criteria": report.criteria,
        "correlations": report.correlations,
    }  # fmt: skip

"""Exams of judges, and who sat them."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.audit import permissions, queries, services
from apps.audit.models import Exam, Sitting
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.rubrics import queries as rubrics
from domain import errors


class ExamBar(serializers.Serializer[Any]):
    """What has to be reached: shares from 0 to 1; an answer is accepted from `accept_from` on."""

    balanced_accuracy = serializers.FloatField(required=False, min_value=0, max_value=1)
    false_accepts = serializers.FloatField(required=False, min_value=0, max_value=1)
    swap_consistency = serializers.FloatField(required=False, min_value=0, max_value=1)
    unscored = serializers.FloatField(required=False, min_value=0, max_value=1)
    accept_from = serializers.FloatField(required=False, min_value=0, max_value=1)


class ExamBody(serializers.Serializer[Any]):
    """An exam of `size` answers, half of them right, drawn by the seed from a data set with known right answers."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    dataset = serializers.CharField(max_length=100)
    rubric = serializers.CharField(max_length=300)
    size = serializers.IntegerField(min_value=4, max_value=20_000)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)
    bar = ExamBar(required=False)
    valid_days = serializers.IntegerField(default=180, min_value=1, max_value=3650)


class SittingBody(serializers.Serializer[Any]):
    """Which judge sits, as name@version."""

    judge = serializers.CharField(max_length=200)


class ExamAnswer(answers.Answer):
    """An exam; its key is told to nobody."""

    id: int
    name: str
    dataset: str
    rubric: str
    size: int
    seed: int
    bar: dict[str, float]
    valid_days: int
    digest: str
    sat: int
    passed: int
    retired: bool
    created_at: datetime


class ExamList(answers.Page):
    """Exams, newest first."""

    results: list[ExamAnswer]


class SittingAnswer(answers.Answer):
    """How a judge did; `passed` is null until the run has ended and was marked."""

    id: int
    exam: int
    judge: str
    fingerprint: str
    run: str
    status: str
    passed: bool | None
    figures: dict[str, Any]
    failings: list[str]
    licensed_until: datetime | None


class ExamWithSittings(ExamAnswer):
    """An exam with the judges that sat it, the latest first."""

    sittings: list[SittingAnswer]


def show(exam: Exam) -> dict[str, Any]:
    """An exam as REST shows it."""
    return {
        "id": exam.pk, "name": exam.name, "dataset": exam.dataset.slug, "rubric": str(exam.version),
        "size": exam.size, "seed": exam.seed, "bar": exam.bar, "valid_days": exam.valid_days, "digest": exam.digest,
        "sat": getattr(exam, "sat", 0), "passed": getattr(exam, "passed", 0), "retired": exam.retired_at is not None,
        "created_at": exam.created_at,
    }  # fmt: skip


def show_sitting(sitting: Sitting) -> dict[str, Any]:
    """A sitting as REST shows it."""
    return {
        "id": sitting.pk, "exam": sitting.exam_id, "judge": str(sitting.judge_version),
        "fingerprint": sitting.judge_version.fingerprint, "run": str(sitting.run_id),
        "status": "done" if sitting.marked_at else str(sitting.run.job.state) if sitting.run.job else "queued",
        "passed": sitting.passed, "figures": sitting.figures, "failings": sitting.failings,
        "licensed_until": sitting.licence.expires_at if sitting.licence else None,
    }  # fmt: skip


class ExamsView(StudioView):
    """The exams of the workspace."""

    scopes: ClassVar = {"GET": "data:read", "POST": "audits:write"}

    @extend_schema(operation_id="exams_list", parameters=shapes.PAGING, responses={200: ExamList, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """List them, newest first. For authors."""
        permissions.check_may_read(self.actor)
        return Response(paging.page(request, queries.list_exams(self.actor), show))

    @extend_schema(operation_id="exams_create", request=ExamBody, responses={201: ExamAnswer, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Build one: 422 where too few prompts have right and wrong answers, 409 where the rubric shows an answer."""
        return self.once(self._create)

    def _create(self) -> Response:
        body = shapes.checked(ExamBody, self.body)
        with errors.at("/dataset"):
            dataset = datasets.get_dataset(self.actor, body["dataset"])
        with errors.at("/rubric"):
            version = rubrics.resolve(self.actor, body["rubric"]).general
        if version is None:
            raise errors.Invalid("Name one rubric, not a set.", problems=[errors.Problem("/rubric", "is a set")])
        exam = services.create_exam(
            by=self.actor, name=body.get("name") or "", dataset=dataset, version=version, size=body["size"],
            seed=body["seed"], bar=dict(body.get("bar") or {}), valid_days=body["valid_days"],
        )  # fmt: skip
        return Response(show(exam), status=201, headers={"Location": f"/api/v1/exams/{exam.pk}"})


class ExamView(StudioView):
    """One exam."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="exams_read", responses={200: ExamWithSittings, **shapes.PROBLEMS})
    def get(self, request: Request, exam_id: int) -> Response:
        """What it asks for, and the judges that sat it. For authors."""
        permissions.check_may_read(self.actor)
        exam = queries.get_exam(self.actor, exam_id)
        return Response({**show(exam), "sittings": [show_sitting(one) for one in queries.sittings_of(exam)]})


class SittingsView(StudioView):
    """Judges at an exam."""

    scopes: ClassVar = {"POST": "judges:write"}

    @extend_schema(operation_id="exams_sit", request=SittingBody, responses={202: SittingAnswer, **shapes.PROBLEMS})
    def post(self, request: Request, exam_id: int) -> Response:
        """Have a judge sit it: an ordinary run, marked when it ends. A pass licenses its fingerprint."""
        return self.once(lambda: self._sit(exam_id))

    def _sit(self, exam_id: int) -> Response:
        body = shapes.checked(SittingBody, self.body)
        exam = queries.get_exam(self.actor, exam_id)
        with errors.at("/judge"):
            judge = judging.judge_by_ref(self.actor, body["judge"])
        sitting = services.sit_exam(by=self.actor, exam=exam, judge=judge)
        headers = {"Location": f"/api/v1/exam-sittings/{sitting.pk}", "Retry-After": "1"}
        return Response(show_sitting(sitting), status=202, headers=headers)


class SittingView(StudioView):
    """A judge at an exam."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="exam_sittings_read", responses={200: SittingAnswer, **shapes.PROBLEMS})
    def get(self, request: Request, sitting_id: int) -> Response:
        """How it did, or where it stands. For authors."""
        permissions.check_may_read(self.actor)
        return Response(show_sitting(queries.get_sitting(self.actor, sitting_id)))

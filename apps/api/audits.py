"""Audits, and the tables of outside scores that they look at."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.api.renderers import RawParser
from apps.audit import permissions, queries, services
from apps.audit.models import Audit, Plan
from apps.core import paper_files
from apps.datasets import queries as datasets
from apps.datasets import services as dataset_services
from apps.datasets.models import ScoreTable
from apps.judging import queries as judging
from apps.rubrics import queries as rubrics
from domain import audits, errors

REPORTS: dict[Any, Any] = {(200, "text/html"): OpenApiTypes.STR, (200, "application/pdf"): OpenApiTypes.BINARY}


class AuditBody(serializers.Serializer[Any]):
    """Which audit of what: `inputs.scores` lists {table, scorer} and {run, judge, rubric}; the first is audited.

    `inputs.dataset` names the data set that says which answers are right, their lengths and gold scores (a run's own
    where left out), `inputs.gold` one scorer that stands for the truth.
    """

    kind = serializers.CharField(max_length=40)
    inputs = shapes.Anything()
    params = shapes.Anything(required=False)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=services.MOST_SEED)


class InputDigest(answers.Answer):
    """One part of what the audit saw: its rows and their digest."""

    name: str
    rows: int
    digest: str


class AuditFigure(answers.Answer):
    """A number with its 95 % interval; null where it is not defined."""

    name: str
    title: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    n: int | None


class AuditColumn(answers.Answer):
    """A column of the table; `holds` says what its cells are."""

    title: str
    holds: str


class AuditFinding(answers.Answer):
    """Figures (the first is the headline), table, plot, and notes on ties and on what was left out."""

    figures: list[AuditFigure]
    band: str
    reading: str
    columns: list[AuditColumn]
    rows: list[list[Any]]
    plot: dict[str, Any] | None
    beside: dict[str, Any] | None
    notes: list[str]
    left_out: int


class AuditAnswer(answers.Answer):
    """An audit: `result` is null until it is done, and where `reason` says why its inputs were refused.

    `agreement` is set where it is `again_of` another one: same, differs, or because of inputs or audit not the same.
    """

    id: str
    kind: str
    kind_version: int
    status: str
    result: AuditFinding | None
    interval: list[float] | None
    band: str | None
    reading: str | None
    input_digests: list[InputDigest]
    digest: str | None
    inputs: dict[str, Any]
    params: dict[str, Any]
    seed: int
    reason: str
    rubric: str | None
    judge: str | None
    again_of: str | None
    agreement: str | None
    created_at: datetime
    by: str


class AuditList(answers.Page):
    """Audits, newest first."""

    results: list[AuditAnswer]


class AuditNeed(answers.Answer):
    """A parameter of an audit."""

    name: str
    title: str
    kind: str
    default: Any
    help: str
    low: float | None
    high: float | None
    choices: list[str]


class AuditKind(answers.Answer):
    """An audit that there is: what it asks, what it needs, how it treats ties and what is missing."""

    kind: str
    version: int
    title: str
    question: str
    needs: list[str]
    wanted_tags: list[str]
    params: list[AuditNeed]
    policy: str
    source: str
    judge_calls: bool


class AuditKinds(answers.Answer):
    """All audits."""

    results: list[AuditKind]


class ScoreTableAnswer(answers.Answer):
    """A table of outside scores: its scorers with how many rows each has."""

    id: int
    name: str
    digest: str
    source: str
    scorers: dict[str, int]
    rows: int
    created_at: datetime


class ScoreTableList(answers.Page):
    """Tables of outside scores, newest first."""

    results: list[ScoreTableAnswer]


def show(audit: Audit) -> dict[str, Any]:
    """An audit as REST shows it."""
    finding = audit.result
    return {
        "id": str(audit.pk), "kind": audit.kind, "kind_version": audit.number, "status": queries.state_of(audit),
        "result": finding, "interval": queries.interval_of(audit), "band": audit.band or None,
        "reading": finding["reading"] if finding else None, "input_digests": audit.input_digests,
        "digest": audit.digest or None, "inputs": audit.inputs, "params": audit.params, "seed": audit.seed,
        "reason": audit.reason, "rubric": str(audit.version) if audit.version else None,
        "judge": str(audit.judge_version) if audit.judge_version else None,
        "again_of": str(audit.again_of_id) if audit.again_of_id else None, "agreement": audit.agreement or None,
        "created_at": audit.created_at, "by": audit.created_by.username,
    }  # fmt: skip


def show_table(table: ScoreTable) -> dict[str, Any]:
    """A table of outside scores as REST shows it."""
    scorers = dict(datasets.scorers_of([table])[table.pk])
    return {
        "id": table.pk, "name": table.name, "digest": table.digest, "source": table.source, "scorers": scorers,
        "rows": sum(scorers.values()), "created_at": table.created_at,
    }  # fmt: skip


class AuditsView(StudioView):
    """The audits of the workspace."""

    scopes: ClassVar = {"GET": "data:read", "POST": "audits:write"}

    @extend_schema(
        operation_id="audits_list",
        parameters=[*shapes.PAGING, OpenApiParameter("kind", str, description="only audits of this kind")],
        responses={200: AuditList, **shapes.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List them, newest first. For authors."""
        permissions.check_may_read(self.actor)
        kind = request.query_params.get("kind", "")
        if kind:
            audits.entry(kind)
        return Response(paging.page(request, queries.list_audits(self.actor, kind=kind), show))

    @extend_schema(
        operation_id="audits_create", request=AuditBody,
        responses={201: AuditAnswer, 202: AuditAnswer, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Run an audit: done in the answer (201) where its inputs are small, else by a worker (202)."""
        return self.once(self._run)

    def _run(self) -> Response:
        body = shapes.checked(AuditBody, self.body)
        audit = services.run_audit(
            by=self.actor, kind=body["kind"], inputs=body["inputs"], params=body.get("params") or {},
            seed=body["seed"],
        )  # fmt: skip
        headers = {"Location": f"/api/v1/audits/{audit.pk}"}
        if audit.done_at is None:
            return Response(show(audit), status=202, headers=headers | {"Retry-After": "1"})
        return Response(show(audit), status=201, headers=headers)


class AuditView(StudioView):
    """One audit."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="audits_read", responses={200: AuditAnswer, **shapes.PROBLEMS})
    def get(self, request: Request, audit_id: str) -> Response:
        """Its finding, or where it stands. For authors."""
        permissions.check_may_read(self.actor)
        return Response(show(queries.get_audit(self.actor, audit_id)))


class AuditReportView(StudioView):
    """The report of an audit, to take away."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="audits_report", parameters=[shapes.format_parameter(tuple(paper_files.FORMATS))],
        responses={**REPORTS, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request, audit_id: str) -> HttpResponse:
        """The finding as an HTML file that stands alone or as a PDF, with its digests and who ran it. For authors."""
        permissions.check_may_read(self.actor)
        audit = queries.get_audit(self.actor, audit_id)
        paper = queries.finding_report(self.actor, audit, at=timezone.now())
        name = f"{audit.kind}-{str(audit.pk)[:8]}"
        return paper_files.answer(paper, name=name, kind=request.query_params.get("format", "html"))


class ReportCardView(StudioView):
    """The report card of a rubric version, to take away."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="versions_report_card", parameters=[shapes.format_parameter(tuple(paper_files.FORMATS))],
        responses={**REPORTS, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request, slug: str, number: int) -> HttpResponse:
        """The newest finding of each audit, and what was never audited. For authors."""
        permissions.check_may_read(self.actor)
        card = queries.card_of(self.actor, rubrics.get_version(self.actor, slug, number))
        paper = queries.card_report(self.actor, card, at=timezone.now())
        kind = request.query_params.get("format", "html")
        return paper_files.answer(paper, name=f"report-card-{slug}-{number}", kind=kind)


class JudgeReportCardView(StudioView):
    """The report card of a judge, to take away."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="judges_report_card", parameters=[shapes.format_parameter(tuple(paper_files.FORMATS))],
        responses={**REPORTS, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request, name: str, number: int) -> HttpResponse:
        """Whether it may serve by its exams, and the newest finding of each audit. For authors."""
        permissions.check_may_read(self.actor)
        card = queries.card_of(self.actor, judging.get_judge_version(self.actor, name, number))
        paper = queries.card_report(self.actor, card, at=timezone.now())
        kind = request.query_params.get("format", "html")
        return paper_files.answer(paper, name=f"report-card-{name}-{number}", kind=kind)


class AuditAgainView(StudioView):
    """An audit once more."""

    scopes: ClassVar = {"POST": "audits:write"}

    @extend_schema(
        operation_id="audits_again", request=None, responses={201: AuditAnswer, 202: AuditAnswer, **shapes.PROBLEMS}
    )
    def post(self, request: Request, audit_id: str) -> Response:
        """Run it on the same sources as they are now; `agreement` says whether the finding is the same."""
        return self.once(lambda: self._again(audit_id))

    def _again(self, audit_id: str) -> Response:
        audit = services.run_again(by=self.actor, audit=queries.get_audit(self.actor, audit_id))
        headers = {"Location": f"/api/v1/audits/{audit.pk}"}
        return Response(show(audit), status=201 if audit.done_at else 202, headers=headers)


class AuditKindsView(StudioView):
    """The audits that there are."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="audit_kinds", responses={200: AuditKinds, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """What each asks, needs and takes."""
        return Response({"results": [_kind(entry) for entry in audits.AUDITS.values()]})


class PlanBody(serializers.Serializer[Any]):
    """An audit that is to run by itself after every run by a rubric."""

    kind = serializers.CharField(max_length=40)
    params = shapes.Anything(required=False)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=services.MOST_SEED)


class PlanAnswer(answers.Answer):
    """An audit that runs by itself."""

    id: int
    kind: str
    params: dict[str, Any]
    seed: int
    by: str
    created_at: datetime


class PlanList(answers.Answer):
    """The audits that run by themselves for a rubric."""

    results: list[PlanAnswer]


class AuditPlansView(StudioView):
    """The audits that run by themselves for a rubric."""

    scopes: ClassVar = {"GET": "data:read", "POST": "audits:write"}

    @extend_schema(operation_id="audit_plans_list", responses={200: PlanList, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str) -> Response:
        """Those that have not ended. For authors."""
        permissions.check_may_read(self.actor)
        rubric = rubrics.get_rubric(self.actor, slug)
        return Response({"results": [show_plan(plan) for plan in queries.plans_of(rubric)]})

    @extend_schema(operation_id="audit_plans_create", request=PlanBody, responses={201: PlanAnswer, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str) -> Response:
        """Plan one: it runs whenever a run by any version of the rubric ends. For approvers; 409 where it is."""
        return self.once(lambda: self._plan(slug))

    def _plan(self, slug: str) -> Response:
        body = shapes.checked(PlanBody, self.body)
        plan = services.plan_audit(
            by=self.actor, rubric=rubrics.get_rubric(self.actor, slug), kind=body["kind"],
            params=body.get("params") or {}, seed=body["seed"],
        )  # fmt: skip
        return Response(show_plan(plan), status=201)


class AuditPlanEndView(StudioView):
    """The end of a plan."""

    scopes: ClassVar = {"POST": "audits:write"}

    @extend_schema(operation_id="audit_plans_end", request=None, responses={200: PlanAnswer, **shapes.PROBLEMS})
    def post(self, request: Request, plan_id: int) -> Response:
        """Let it run by itself no more; its findings stay."""
        plan = queries.get_plan(self.actor, plan_id)
        return self.once(lambda: Response(show_plan(services.end_plan(by=self.actor, plan=plan))))


def show_plan(plan: Plan) -> dict[str, Any]:
    """A plan as REST shows it."""
    return {
        "id": plan.pk, "kind": plan.kind, "params": plan.params, "seed": plan.seed, "by": plan.created_by.username,
        "created_at": plan.created_at,
    }  # fmt: skip


class ScoreTablesView(StudioView):
    """The tables of outside scores."""

    parser_classes = (RawParser,)
    scopes: ClassVar = {"GET": "data:read", "POST": "data:write"}

    @extend_schema(
        operation_id="score_tables_list", parameters=shapes.PAGING, responses={200: ScoreTableList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        return Response(paging.page(request, datasets.score_tables(self.actor), show_table))

    @extend_schema(
        operation_id="score_tables_create", parameters=shapes.texts("name", "source"),
        request={"application/x-ndjson": bytes}, responses={200: ScoreTableAnswer, 201: ScoreTableAnswer,
                                                             **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Store rows {prompt_id, response_id, scorer, score, correct?} as NDJSON, CSV or Parquet; 200 where the same
        rows are there already.
        """
        return self.once(self._add)

    def _add(self) -> Response:
        query = self.request.query_params
        table, new = dataset_services.add_score_table(
            by=self.actor, data=self.file, name=query.get("name", ""), source=query.get("source", "")
        )
        headers = {"Location": f"/api/v1/score-tables/{table.pk}"}
        return Response(show_table(table), status=201 if new else 200, headers=headers)


class ScoreTableView(StudioView):
    """One table of outside scores."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="score_tables_read", responses={200: ScoreTableAnswer, **shapes.PROBLEMS})
    def get(self, request: Request, table_id: int) -> Response:
        """Its scorers and rows."""
        if table_id >= 2**63:
            raise errors.NotFound("There is no such table of scores here.", code="score_table_unknown")
        return Response(show_table(datasets.get_score_table(self.actor, table_id)))


def _kind(entry: audits.Audit) -> dict[str, Any]:
    return {
        "kind": entry.kind, "version": entry.version, "title": entry.title, "question": entry.question,
        "needs": [need.value for need in entry.needs], "wanted_tags": list(entry.wanted),
        "params": [
            {
                "name": one.name, "title": one.title, "kind": one.kind, "default": one.default, "help": one.help,
                "low": one.low, "high": one.high, "choices": list(one.choices),
            }
            for one in entry.params
        ],
        "policy": entry.policy, "source": entry.source, "judge_calls": entry.calls,
    }  # fmt: skip

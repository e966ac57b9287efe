"""Benchmarks: which there are, scoring scorers on one, and what they reached."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.audits import AuditFigure, InputDigest
from apps.api.base import StudioView
from apps.audit import permissions, queries, services
from apps.audit.models import BenchmarkResult
from apps.datasets import queries as datasets
from domain import benchmarks


class BenchmarkBody(serializers.Serializer[Any]):
    """Who is scored on which benchmark over a data set.

    `sources` list {judge, rubric} (all that is stored of a judge on this data set), {run, judge, rubric} or
    {table, scorer}, of benchmarks that rules decide {writer}; left out, all judges with scores. `gold` is such a
    source, where a benchmark holds scores against another judge's.
    """

    benchmark = serializers.CharField(max_length=40)
    dataset = serializers.CharField(max_length=80)
    sources = serializers.ListField(child=shapes.Anything(), required=False, max_length=services.MOST_SCORERS)
    gold = shapes.Anything(required=False)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=services.MOST_SEED)


class BenchmarkDomain(answers.Answer):
    """One row of the table by domain."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    items: int
    chance: float | None


class BenchmarkItem(answers.Answer):
    """An item on which the scorer lost."""

    id: str
    domain: str
    credit: float
    tied: bool
    unscored: bool


class BenchmarkFault(answers.Answer):
    """Rows of the data that measure nothing: how many there are, and the first."""

    name: str
    title: str
    rows: int
    first: list[str]


class BenchmarkAnswer(answers.Answer):
    """What a scorer reached. `score` is the published aggregate with its 95 % interval, `chance` what a coin reaches.

    `items` are what it was asked; `ties` and `unscored` are among them. `cost` is null where no call was made here.
    """

    id: str
    benchmark: str
    benchmark_version: int
    dataset: str
    scorer: str
    source: dict[str, Any]
    gold: dict[str, Any] | None
    judge: str | None
    rubric: str | None
    strategy: str | None
    score: AuditFigure
    chance: float | None
    figures: list[AuditFigure]
    domains: list[BenchmarkDomain]
    items: int
    ties: int
    unscored: int
    lost: list[BenchmarkItem]
    notes: list[str]
    faults: list[BenchmarkFault]
    licence: str
    cost: dict[str, Any] | None
    seed: int
    digest: str
    input_digests: list[InputDigest]
    created_at: datetime
    by: str


class BenchmarkList(answers.Page):
    """Results, the best first."""

    results: list[BenchmarkAnswer]


class BenchmarkDone(answers.Answer):
    """What was scored: `new` of the results were not there before; `refused` says why scorers have none.

    Where a worker does it `job` is set and the results appear in the list.
    """

    results: list[BenchmarkAnswer]
    new: int
    refused: list[str]
    job: str | None


class BenchmarkKind(answers.Answer):
    """A benchmark: how it is scored, its ties, chance, source, licence, and the formats of data that bring it."""

    name: str
    version: int
    title: str
    metric: str
    policy: str
    baseline: str
    source: str
    licence: str
    formats: list[str]
    needs_gold: bool
    truth: str


class BenchmarkKinds(answers.Answer):
    """All benchmarks."""

    results: list[BenchmarkKind]


def show(row: BenchmarkResult) -> dict[str, Any]:
    """A result as REST shows it."""
    outcome, judge = row.outcome, row.judge_version
    return {
        "id": str(row.pk), "benchmark": row.benchmark, "benchmark_version": row.number, "dataset": row.dataset.slug,
        "scorer": row.scorer, "source": row.source, "gold": row.gold, "judge": str(judge) if judge else None,
        "rubric": str(row.version) if row.version else None, "strategy": judge.strategy if judge else None,
        "score": outcome["score"], "chance": outcome["chance"], "figures": outcome["figures"],
        "domains": outcome["domains"], "items": row.items, "ties": row.ties, "unscored": row.unscored,
        "lost": outcome["lost"], "notes": outcome["notes"], "faults": row.faults, "licence": row.licence,
        "cost": row.cost, "seed": row.seed, "digest": row.digest, "input_digests": row.input_digests,
        "created_at": row.created_at, "by": row.created_by.username,
    }  # fmt: skip


class BenchmarksView(StudioView):
    """The results of the workspace."""

    scopes: ClassVar = {"GET": "data:read", "POST": "audits:write"}

    @extend_schema(
        operation_id="benchmarks_list",
        parameters=[
            *shapes.PAGING, OpenApiParameter("benchmark", str, description="only of this benchmark"),
            OpenApiParameter("dataset", str, description="only on this data set"),
        ],
        responses={200: BenchmarkList, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List them, the best first. For authors."""
        permissions.check_may_read(self.actor)
        name, slug = (request.query_params.get(key, "") for key in ("benchmark", "dataset"))
        if name:
            benchmarks.entry(name)
        dataset = datasets.get_dataset(self.actor, slug) if slug else None
        return Response(paging.page(request, queries.list_results(self.actor, dataset=dataset, benchmark=name), show))

    @extend_schema(
        operation_id="benchmarks_create", request=BenchmarkBody,
        responses={201: BenchmarkDone, 202: BenchmarkDone, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Score scorers from what is stored, with no call of a model: done in the answer (201) or by a worker (202)."""
        return self.once(self._score)

    def _score(self) -> Response:
        body = shapes.checked(BenchmarkBody, self.body)
        done = services.score_benchmark(
            by=self.actor, benchmark=body["benchmark"], dataset=datasets.get_dataset(self.actor, body["dataset"]),
            sources=body.get("sources") or (), gold=body.get("gold"), seed=body["seed"],
        )  # fmt: skip
        answer = {
            "results": [show(one) for one in done.results], "new": done.new, "refused": list(done.refused),
            "job": str(done.job.pk) if done.job else None,
        }  # fmt: skip
        if done.job is not None:
            return Response(answer, status=202, headers={"Location": "/api/v1/benchmarks", "Retry-After": "1"})
        return Response(answer, status=201)


class BenchmarkView(StudioView):
    """One result."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="benchmarks_read", responses={200: BenchmarkAnswer, **shapes.PROBLEMS})
    def get(self, request: Request, result_id: str) -> Response:
        """What a scorer reached. For authors."""
        permissions.check_may_read(self.actor)
        return Response(show(queries.get_result(self.actor, result_id)))


class BenchmarkKindsView(StudioView):
    """The benchmarks that there are."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="benchmark_kinds", responses={200: BenchmarkKinds, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """How each is scored."""
        return Response({"results": [_kind(one) for one in benchmarks.BENCHMARKS.values()]})


def _kind(one: benchmarks.Benchmark) -> dict[str, Any]:
    return {
        "name": one.name, "version": one.version, "title": one.title, "metric": one.metric, "policy": one.policy,
        "baseline": one.baseline, "source": one.source, "licence": one.licence, "formats": list(one.formats),
        "needs_gold": one.gold, "truth": one.truth.value,
    }  # fmt: skip

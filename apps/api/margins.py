"""What a rubric does to a judge's own margin on labelled pairs, asked with the rubric and without (C2)."""

import dataclasses
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, effects, gate, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import queries, services
from apps.refinement.models import MarginPair
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors, selection


class MarginsBody(serializers.Serializer[Any]):
    """On whose preferences, by which judge, on how many pairs; `alone` asks with each criterion too."""

    dataset = serializers.CharField(max_length=80, help_text="A data set in which somebody said which answer is better")
    judge = serializers.CharField(max_length=120, required=False, allow_null=True)
    pairs = serializers.IntegerField(required=False, min_value=1, max_value=1_000)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    alone = serializers.BooleanField(required=False)
    dry_run = serializers.BooleanField(required=False)


class MarginPairShown(answers.Answer):
    """A pair by the keys of its answers: margins in nats, their difference, and helpful, neutral or misleading.

    Null where the model offered neither letter, with the `reason`; ±20 stands for one letter not offered at all.
    """

    prompt: int
    better: int
    worse: int
    base: float | None
    margin: float | None
    shift: float | None
    label: str | None
    reason: str


class Misled(answers.Answer):
    """On how many pairs what was asked with moved the judge which way, and the share of misleading ones."""

    helpful: int
    neutral: int
    misleading: int
    unknown: int
    misled: gate.Rate


class MisledAlone(Misled):
    """The same of one criterion alone."""

    id: str
    text: str


class Margins(answers.Answer):
    """A report: `state` is working, done or failed with its `reason`; figures are null until it is done."""

    report: int
    state: str
    reason: str
    current: bool
    dataset: str
    judge: str
    at: datetime | None
    whole: Misled | None
    right_without: gate.Rate | None
    right_with: gate.Rate | None
    criteria: list[MisledAlone]
    pairs: list[MarginPairShown]
    cost: effects.Asked | None


class MarginCost(answers.Answer):
    """What it would ask."""

    pairs: int
    calls: int
    tokens: int
    seconds: float | None


class MarginsView(StudioView):
    """A judge asked with the rubric and without."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "runs:write"}

    @extend_schema(operation_id="versions_margins", responses={200: Margins, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The report of this version that was asked for last, with every pair; 404 where nobody asked."""
        return Response(_shown(rubrics.get_version(self.actor, slug, number)))

    @extend_schema(
        operation_id="versions_margins_measure",
        request=MarginsBody,
        responses={200: MarginCost, 202: Margins, **shapes.PROBLEMS},
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Ask the judge which answer is better, with the rubric and without; with `dry_run` 200 and the estimate."""
        return self.once(lambda: self._measure(slug, number))

    def _measure(self, slug: str, number: int) -> Response:
        body: dict[str, Any] = shapes.checked(MarginsBody, self.body or {})
        version = rubrics.get_version(self.actor, slug, number)
        dry = body.pop("dry_run", False)
        with errors.at("/dataset"):
            body["dataset"] = datasets.get_dataset(self.actor, body["dataset"])
        with errors.at("/judge"):
            body["judge"] = judging.judge_by_ref(self.actor, body.get("judge"))
        if dry:
            cost = services.estimate_margins(by=self.actor, version=version, **body)
            return Response(dataclasses.asdict(cost))
        services.measure_margins(by=self.actor, version=version, **body)
        where = f"/api/v1/rubrics/{slug}/versions/{number}/quality/margins"
        return Response(_shown(version), 202, headers={"Location": where})


def _shown(version: RubricVersion) -> dict[str, Any]:
    report = queries.asked_margins(version)
    if report is None:
        raise errors.NotFound("Nobody asked with and without this version.", code="report_unknown")
    open_ = report.job is not None and report.job.is_open
    state = "done" if report.done_at else "working" if open_ else "failed"
    told = {name: report.figures.get(name) for name in ("whole", "right_without", "right_with", "cost")}
    return {
        "report": report.pk, "state": state, "reason": queries.why_not(report) if state == "failed" else "",
        "current": queries.margins_hold(report), "dataset": report.dataset.slug, "judge": str(report.judge),
        "at": report.done_at, **told, "criteria": report.criteria,
        "pairs": [_pair(one) for one in queries.pairs_of_margins(report)],
    }  # fmt: skip


def _pair(pair: MarginPair) -> dict[str, Any]:
    base, whole = pair.base, pair.whole
    shift = None if base is None or whole is None else whole - base
    label = None if base is None or whole is None else str(selection.usefulness(whole, base))
    return {
        "prompt": pair.better.prompt_id, "better": pair.better_id, "worse": pair.worse_id, "base": base,
        "margin": whole, "shift": shift, "label": label, "reason": pair.reason,
    }  # fmt: skip

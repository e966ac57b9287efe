"""How well a version is written: remarks of the rules and opinions of a judge."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, gate, runs, shapes
from apps.api.base import StudioView
from apps.judging import queries as judging_queries
from apps.judging import services as judging
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from domain import errors, lint, rubric
from domain.scoring import truths


class Dismissed(answers.Answer):
    """Who set a remark aside, why and when."""

    by: str
    reason: str
    at: datetime


class Opinion(answers.Answer):
    """Whose opinion a remark is; `probability` is how far the question holds of the criterion, by that judge."""

    judge: str
    probability: float | None
    rationale: str


class Remark(answers.Answer):
    """One remark of the rules of good writing, or an opinion of a judge."""

    rule: str
    severity: str
    title: str
    sentence: str
    why: str
    criterion: str | None
    group: str | None
    level: int | None
    span: list[int] | None
    fix: str | None
    fingerprint: str
    dismissed: Dismissed | None
    opinion: Opinion | None


class Promise(answers.Answer):
    """What came of a row of the truth table: the scores seen over the settings tried, and one that breaks it.

    `whole` says that every corner was tried; `without` counts settings with no reward.
    """

    id: str
    title: str
    reading: str
    holds: bool
    outcome: str
    tried: int
    failed: int
    whole: bool
    low: float | None
    high: float | None
    without: int
    example: dict[str, float] | None
    got: float | None
    beside: float | None


class Quality(answers.Answer):
    """How well a version is written, whether its scores are as promised, and what it does on labelled pairs.

    `counts` has the open remarks of each severity, opinions apart. `measured` is what the quality gate found last of
    this version, null where nobody had it measured.
    """

    lint: list[Remark]
    counts: dict[str, int]
    truth_table: list[Promise]
    measured: gate.Measured | None


class QualityView(StudioView):
    """What is known about how well a version is written."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="versions_quality", responses={200: Quality, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Remarks of the rules, gravest first, then opinions of a judge; those set aside say by whom and why."""
        version = queries.get_version(self.actor, slug, number)
        remarks = queries.lint_findings(version)
        counts = dict.fromkeys([*map(str, lint.Severity), "opinion"], 0)
        for remark in remarks:
            if remark.dismissal is None:
                counts["opinion" if remark.opinion else str(remark.finding.rule.severity)] += 1
        told: dict[str, Any] = {
            "lint": [_remark(remark) for remark in remarks],
            "counts": counts,
            "truth_table": _promises(version),
        }
        told["measured"] = gate.newest(version)
        return Response(told)


class QualityAskView(StudioView):
    """Asks a judge how a version is written."""

    scopes: ClassVar = {"POST": "runs:write"}

    @extend_schema(
        operation_id="versions_quality_ask", request=shapes.JudgeNamed, responses={202: answers.Run, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Have the judge, or the default one, read every criterion; its doubts come with the quality."""
        return self.once(lambda: self._ask(slug, number))

    def _ask(self, slug: str, number: int) -> Response:
        body = shapes.checked(shapes.JudgeNamed, self.body or {})
        version = queries.get_version(self.actor, slug, number)
        with errors.at("/judge"):
            judge = judging_queries.judge_by_ref(self.actor, body.get("judge"))
        run = judging.ask_about_writing(by=self.actor, version=version, judge=judge).run
        return Response(runs.show(run), status=202, headers={"Location": f"/api/v1/runs/{run.pk}"})


def _promises(version: RubricVersion) -> list[dict[str, Any]]:
    said = queries.domain_rubric(version)
    name = rubric.shortened([{"id": one.id, "text": one.text} for one in said.criteria])
    same = ("holds", "tried", "failed", "whole", "low", "high", "without", "example", "got", "beside")
    return [
        {"id": one.row.id, "title": one.row.title, "reading": reading, "outcome": truths.outcome(one, name)}
        | {key: getattr(one, key) for key in same}
        for one, reading in truths.told(said, name)
    ]


def _remark(remark: queries.Remark) -> dict[str, Any]:
    found, aside, thought = remark.finding, remark.dismissal, remark.opinion
    return {
        "rule": found.rule.name,
        "severity": str(found.rule.severity),
        "title": found.rule.title,
        "sentence": found.sentence,
        "why": found.rule.why,
        "criterion": found.criterion,
        "group": found.group,
        "level": found.level,
        "span": list(found.span) if found.span else None,
        "fix": found.fix.label if found.fix else None,
        "fingerprint": found.fingerprint,
        "dismissed": {"by": aside.by.name, "reason": aside.reason, "at": aside.created_at} if aside else None,
        "opinion": {"judge": thought.judge, "probability": thought.probability, "rationale": thought.rationale}
        if thought
        else None,
    }

"""Scores and checks computed on the spot; nothing is stored."""

import time
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.core import gateway
from apps.judging import queries as judging
from apps.judging import services
from apps.rubrics import queries
from apps.rubrics.models import FittedArtefact, RubricVersion, VersionStatus
from domain import checks, errors, scoring, verdicts
from domain import rubric as rubrics

SANDBOX_PATIENCE = 1.0
"""Seconds that a request waits for a free process of the sandbox before it is answered 503."""


class ScoreView(StudioView):
    """Verdicts to a score."""

    scopes: ClassVar = {"POST": "rubrics:read"}

    @extend_schema(operation_id="score", request=shapes.ScoreBody, responses={200: answers.Scored, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Score `verdicts`, or each of `group`, under a rubric; stores nothing."""
        body = shapes.checked(shapes.ScoreBody, self.body)
        with errors.at("/rubric"):
            version = queries.resolve(self.actor, body["rubric"]).general
        if version is None:
            raise errors.Invalid("Name one rubric, not a set.", problems=[errors.Problem("/rubric", "is a set")])
        if version.status == VersionStatus.DRAFT:
            self.actor.require_scope("rubrics:write")
        if ("verdicts" in body) == ("group" in body):
            raise errors.Invalid(
                "Send either verdicts or group.", problems=[errors.Problem("/verdicts", "or group, not both")]
            )
        rubric = queries.domain_rubric(version)
        with errors.at("/profile"):
            weights = _weights(version, body.get("profile"))
        given = body["group"] if "group" in body else [body["verdicts"]]
        with errors.at("/calibrations"):
            named = services.named_calibrations(by=self.actor, digests=body.get("calibrations") or [])
        if named:
            given = [_calibrated(version, values, named) for values in given]
        if "group" in body:
            checked = [_verdicts(rubric, values, f"/group/{i}") for i, values in enumerate(given)]
            return Response({"results": list(map(_shown, scoring.score_group(rubric, checked, weights=weights)))})
        alone = _verdicts(rubric, given[0], "/verdicts")
        with errors.at("/verdicts"):
            return Response(_shown(scoring.score(rubric, alone, weights=weights)))


def _calibrated(
    version: RubricVersion, values: dict[str, float | None], named: list[FittedArtefact]
) -> dict[str, float | None]:
    """Values as the curves of the calibrations make them; the later one holds where two judges have one."""
    curves = {digest: curve for (_, digest), curve in judging.curves_of(named).items()}
    digests = judging.criterion_digests(version, "isolated")
    return {
        name: curve(value) if value is not None and (curve := curves.get(digests.get(name, ""))) else value
        for name, value in values.items()
    }


def _weights(version: RubricVersion, ref: str | None) -> dict[str, float] | None:
    if not ref:
        return None
    return queries.profile_weights(queries.profile_of(version, ref), queries.domain_rubric(version))


def _verdicts(rubric: rubrics.Rubric, values: dict[str, float | None], at: str) -> dict[str, verdicts.Verdict | None]:
    unknown = [name for name in values if rubric.criterion(name) is None]
    if unknown:
        problems = [errors.Problem(f"{at}/{name}", "is no criterion of this rubric") for name in unknown]
        raise errors.Invalid(f"{unknown[0]} is no criterion of this rubric.", problems=problems)
    return scoring.from_values(rubric, values)


def _shown(found: scoring.Score) -> dict[str, Any]:
    return {
        "raw": found.raw,
        "display": found.display,
        "status": found.status,
        "coverage": found.coverage,
        "contributions": found.contributions,
        "baseline": found.baseline,
        "explained": found.explained.value,
        "standard_error": found.error,
        "trace": [dict(step) for step in found.trace],
    }


class CheckResult(answers.Answer):
    """What a computed criterion found."""

    result: str = Field(description="pass, fail or abstain")
    evidence: str = Field(description="the sentence that explains it")
    ms: float = Field(description="time the check took")
    spans: list[list[int]] = Field(description="places in the response it rests on: start, and end excluded")
    details: list[str] = Field(description="what was found part by part, where a check has parts")


class CheckView(StudioView):
    """A computed criterion on one answer."""

    scopes: ClassVar = {"POST": "rubrics:read"}

    @extend_schema(
        operation_id="checks_evaluate",
        request=shapes.CheckBody,
        responses={200: CheckResult, **shapes.PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Run a check: pass, fail or abstain, with its evidence."""
        body = shapes.checked(shapes.CheckBody, self.body)
        start = time.perf_counter()
        given = checks.Given(
            response=body["response"],
            reference=body.get("reference"),
            prompt=body.get("prompt"),
            sandbox=gateway.sandbox_here(patience=SANDBOX_PATIENCE),
        )
        found = checks.evaluate(body["check_spec"], given)
        ms = (time.perf_counter() - start) * 1000
        return Response(
            {
                "result": found.result.value,
                "evidence": found.evidence,
                "ms": round(ms, 3),
                "spans": [list(span) for span in found.spans],
                "details": list(found.details),
            }
        )

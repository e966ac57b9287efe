"""Several judges as one, and judges calibrated: juries over runs, calibrations by their digest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries, services
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import FittedArtefact
from domain import errors

PAGE = 100
DIGEST = 71


class JuryBody(serializers.Serializer[Any]):
    """How the judges of a run become one; without a quorum more than half of them must have decided."""

    rule = serializers.ChoiceField(choices=["mean", "median", "majority", "weighted"])
    quorum = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=10)


class CombineBody(JuryBody):
    """A jury over a run, with calibrations of its judges where they are named."""

    calibrations = shapes.digests()


class CascadeBody(serializers.Serializer[Any]):
    """The judges of the run in their order as a cascade; a `target` agreement chooses the margins on gold."""

    rules = shapes.Anything(required=False)
    people = serializers.BooleanField(default=False)
    target = serializers.FloatField(required=False, allow_null=True, min_value=0.01, max_value=1)
    cost_ratio = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=100_000)


class CalibrationBody(serializers.Serializer[Any]):
    """On which rubric version's gold and labels, by which curve."""

    rubric = serializers.CharField(max_length=300)
    method = serializers.ChoiceField(choices=["platt", "isotonic"], default="platt")


class Artefact(answers.Answer):
    """Something fitted and frozen; `digest` is that of its payload, `inputs` what it rests on."""

    digest: str
    kind: str
    payload: dict[str, Any]
    inputs: dict[str, Any]
    created_at: datetime


class Artefacts(answers.Answer):
    """Artefacts, newest first."""

    results: list[Artefact]


class CombinedVote(answers.Answer):
    """What one judge said; `stage` of a cascade, `dissents` from the whole."""

    judge: str
    stage: int
    status: str
    value: float | None
    dissents: bool


class CombinedVerdict(answers.Answer):
    """One criterion, and who voted what."""

    status: str
    value: float | None
    reason: str
    contribution: float | None
    votes: list[CombinedVote]


class CombinedScore(answers.Answer):
    """One answer under all judges together."""

    index: int
    rubric: str
    prompt_id: str
    response_id: str
    sample: int
    status: str
    raw: float | None
    coverage: float
    artefacts: list[str]
    criteria: dict[str, CombinedVerdict]


class CombinedScores(answers.Answer):
    """Answers in the order of the run; `next` goes into `after`."""

    results: list[CombinedScore]
    next: int | None


class RunCombineView(StudioView):
    """All judges of a run as one."""

    scopes: ClassVar = {"GET": "data:read", "POST": "runs:write"}

    @extend_schema(
        operation_id="runs_combined",
        parameters=[OpenApiParameter("after", int, description="The `next` of the page before")],
        responses={200: CombinedScores, **shapes.PROBLEMS},
    )
    def get(self, request: Request, run_id: str) -> Response:
        """The combined scores with every vote, a hundred at a time."""
        run = queries.get_run(self.actor, run_id)
        if run.combination is None:
            raise errors.Conflict("The votes of this run are not combined; POST a rule first.", code="not_combined")
        after = request.query_params.get("after", "-1")
        if not (after.removeprefix("-").isdecimal() and len(after) < 10):
            raise errors.Invalid("after must be a whole number.", problems=[errors.Problem("/after", "is no number")])
        items = queries.leading_items(run).filter(index__gt=int(after)).prefetch_related("subject__members__response")
        chosen = list(items.select_related("subject__prompt")[: PAGE + 1])
        found = queries.combined(run, chosen[:PAGE])
        more = chosen[PAGE - 1].index if len(chosen) > PAGE else None
        return Response({"results": [_shown(one) for one in found], "next": more})

    @extend_schema(operation_id="runs_combine", request=CombineBody, responses={200: Artefact, **shapes.PROBLEMS})
    def post(self, request: Request, run_id: str) -> Response:
        """Make one score of the votes for each answer; asks no judge."""
        return self.once(lambda: self._combine(run_id))

    def _combine(self, run_id: str) -> Response:
        body = shapes.checked(CombineBody, self.body)
        run = queries.get_run(self.actor, run_id)
        services.combine_run(
            by=self.actor, run=run, rule=body["rule"], quorum=body.get("quorum"),
            calibrations=services.named_calibrations(by=self.actor, digests=body.get("calibrations") or []),
        )  # fmt: skip
        assert run.combination is not None
        return Response(queries.show_artefact(run.combination))


class CalibrationsView(StudioView):
    """The calibrations of a judge's latest version, or of the one named with its number."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "judges:write"}

    @extend_schema(operation_id="judges_calibrations", responses={200: Artefacts, **shapes.PROBLEMS})
    def get(self, request: Request, name: str) -> Response:
        """List them, newest first."""
        rows = queries.calibrations_of(queries.judge_by_ref(self.actor, name))
        return Response({"results": [queries.show_artefact(one) for one in rows]})

    @extend_schema(
        operation_id="judges_calibrate", request=CalibrationBody, responses={201: Artefact, **shapes.PROBLEMS}
    )
    def post(self, request: Request, name: str) -> Response:
        """Fit curves on what is known and freeze them; 422 where too little is known."""
        return self.once(lambda: self._calibrate(name))

    def _calibrate(self, name: str) -> Response:
        body = shapes.checked(CalibrationBody, self.body)
        with errors.at("/rubric"):
            version = rubric_queries.resolve(self.actor, body["rubric"]).general
        if version is None:
            raise errors.Invalid("Name one rubric, not a set.", problems=[errors.Problem("/rubric", "is a set")])
        judge = queries.judge_by_ref(self.actor, name)
        made = services.calibrate(by=self.actor, judge=judge, version=version, method=body["method"])
        return Response(queries.show_artefact(made), status=201)


def combination_of(
    view: StudioView, body: Mapping[str, Any], judges: list[Any], versions: list[Any]
) -> FittedArtefact | None:
    """The jury or the cascade that the body of a new run describes; none where it describes neither."""
    if body.get("jury") is not None and body.get("cascade") is not None:
        raise errors.Invalid(
            "A run is a jury or a cascade.", problems=[errors.Problem("/cascade", "or jury, not both")]
        )
    if body.get("jury") is not None:
        given = shapes.checked(JuryBody, body["jury"])
        with errors.at("/jury"):
            return services.make_jury(
                by=view.actor, judges=judges, rule=given["rule"], quorum=given.get("quorum"), versions=versions
            )
    if body.get("cascade") is not None:
        given = shapes.checked(CascadeBody, body["cascade"])
        with errors.at("/cascade"):
            return services.make_cascade(
                by=view.actor, judges=judges, rules=given.get("rules"), people=given["people"], versions=versions,
                target=given.get("target"), cost_ratio=given.get("cost_ratio"),
            )  # fmt: skip
    return None


def _shown(one: queries.Combined) -> dict[str, Any]:
    item = one.item
    return {
        "index": item.index,
        "rubric": str(one.version),
        "prompt_id": item.subject.prompt.external_id,
        "response_id": one.title,
        "sample": item.sample,
        "status": one.status,
        "raw": one.reward,
        "coverage": one.score.coverage if one.score else 0.0,
        "artefacts": list(one.artefacts),
        "criteria": {
            found.criterion.id: {
                "status": found.status,
                "value": found.verdict.value,
                "reason": found.verdict.reason,
                "contribution": found.contribution,
                "votes": [
                    {
                        "judge": str(vote.judge),
                        "stage": vote.stage,
                        "status": vote.found.status,
                        "value": vote.found.verdict.value if vote.found.verdict else None,
                        "dissents": vote.dissents,
                    }
                    for vote in found.votes
                ],
            }
            for found in one.criteria
        },
    }

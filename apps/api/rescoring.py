"""Runs scored again from their stored verdicts, as jobs; nobody is asked."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries, services
from apps.judging.models import Run
from apps.rubrics import queries as rubric_queries
from domain import errors


class RescoreBody(serializers.Serializer[Any]):
    """With what a run is scored again; what is left out is as it was judged."""

    rubric = serializers.CharField(required=False, allow_null=True, max_length=300)
    profile = serializers.CharField(required=False, allow_null=True, max_length=100)
    calibrations = shapes.digests()


class Moved(answers.Answer):
    """An answer whose score moved, by its index in the run."""

    index: int
    answer: str
    before: float | None
    after: float | None


class Movement(answers.Answer):
    """Counts over the answers that were looked at; `tau` is the mean of Kendall's τ-b over prompts."""

    answers: int
    looked_at: int
    compared: int
    moved: int
    mean_before: float | None
    mean_after: float | None
    pairs: int
    flipped: int
    tau: float | None
    lost: int
    gained: int
    unscored: int


class Rescored(answers.Answer):
    """One rescoring: its job, what it was asked for, what it counted, and what moved so far.

    With a `jury` (its digest) the movement is that of the one score that it makes of the judges.
    """

    id: str
    run: str
    state: str
    note: str
    rubric: str | None
    profile: str | None
    calibrations: list[str]
    jury: str | None
    counts: dict[str, int]
    parts: int
    parts_done: int
    movement: Movement
    movers: list[Moved]


class RunRescoreView(StudioView):
    """Score a run again."""

    scopes: ClassVar = {"POST": "runs:write"}

    @extend_schema(operation_id="runs_rescore", request=RescoreBody, responses={202: Rescored, **shapes.PROBLEMS})
    def post(self, request: Request, run_id: str) -> Response:
        """Begin; the same that is under way is given back. 409 where the version asks what was not judged."""
        return self.once(lambda: self._begin(run_id))

    def _begin(self, run_id: str) -> Response:
        run = queries.get_run(self.actor, run_id)
        body = shapes.checked(RescoreBody, self.body)
        version = profile = None
        if body.get("rubric"):
            with errors.at("/rubric"):
                version = rubric_queries.resolve(self.actor, body["rubric"]).general
            if version is None:
                raise errors.Invalid("Name one rubric, not a set.", problems=[errors.Problem("/rubric", "is a set")])
        if body.get("profile"):
            with errors.at("/profile"):
                profile = queries.profile_by_ref(run, body["profile"])
        with errors.at("/calibrations"):
            named = services.named_calibrations(by=self.actor, digests=body.get("calibrations") or [])
        job = services.start_rescore(by=self.actor, run=run, version=version, profile=profile, artefacts=named)
        where = f"/api/v1/runs/{run.pk}/rescored/{job.pk}"
        headers = {"Location": where, "Retry-After": "1"}
        return Response(_shown(run, queries.rescored(run, job)), status=202, headers=headers)


class RunRescoredView(StudioView):
    """What scoring a run again changed."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="runs_rescored", responses={200: Rescored, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str, job_id: str) -> Response:
        """How far it is, and the scores before and after."""
        run = queries.get_run(self.actor, run_id)
        return Response(_shown(run, queries.rescored(run, queries.get_rescoring(self.actor, run, job_id))))


def _shown(run: Run, found: queries.Rescored) -> dict[str, Any]:
    moved, again = found.movement, found.again
    names = ("compared", "moved", "mean_before", "mean_after", "pairs", "flipped", "tau", "lost", "gained", "unscored")
    return {
        "id": str(found.job.pk),
        "run": str(run.pk),
        "state": found.job.state,
        "note": found.job.note,
        "rubric": str(again.version) if again.version else None,
        "profile": str(again.profile) if again.profile else None,
        "calibrations": again.digests,
        "jury": found.jury.digest if found.jury else None,
        "counts": found.job.counts,
        "parts": found.progress.total,
        "parts_done": found.progress.done,
        "movement": {
            "answers": found.answers, "looked_at": found.looked_at, **{name: getattr(moved, name) for name in names},
        },
        "movers": [
            {"index": one.place, "answer": one.title, "before": one.before, "after": one.after} for one in found.movers
        ],
    }  # fmt: skip

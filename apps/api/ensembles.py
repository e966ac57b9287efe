"""The scores of a run's judges as one: made, listed, read beside those of the judges."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.api.combining import Artefact, Artefacts
from apps.judging import queries, services
from domain import ensembles, errors

PAGE = 100


class EnsembleBody(serializers.Serializer[Any]):
    """How scores become one: `weights` by judge, as `name@2`, for `weighted`; `caution` is k of `cautious`.

    `lacking` says what becomes of an answer that some judge did not score: `unscored`, or the `others` decide.
    """

    rule = serializers.ChoiceField(choices=[one.value for one in ensembles.Rule], default="mean")
    lacking = serializers.ChoiceField(choices=[one.value for one in ensembles.Lacking], default="unscored")
    caution = shapes.Size(required=False, min_value=0, max_value=ensembles.MOST_CAUTION)
    weights = serializers.DictField(child=shapes.Size(min_value=0, max_value=ensembles.MOST_WEIGHT), required=False)


class EnsembleCounts(answers.Answer):
    """Answers with and without a score of the ensemble."""

    answers: int
    scored: int
    unscored: int


class EnsembleMade(answers.Answer):
    """A frozen ensemble; `silent` judges are left out, since their scores never differ within a prompt."""

    artefact: Artefact
    counts: EnsembleCounts
    silent: list[str]


class EnsembleJudge(answers.Answer):
    """What a judge gave: its score, its mean for the prompt, its spread, and the score as so many spreads from it."""

    judge: str
    score: float | None
    centre: float | None
    spread: float
    weight: float
    standardised: float | None


class EnsembleScore(answers.Answer):
    """One answer; `raw` counts spreads from the centre of its prompt, `display` is on the judges' scale."""

    index: int
    rubric: str
    prompt_id: str
    response_id: str
    sample: int
    status: str
    raw: float | None
    display: float | None
    coverage: float
    judges: list[EnsembleJudge]
    trace: list[dict[str, Any]]


class EnsembleScores(answers.Answer):
    """Answers in the order of the run; `next` goes into `after`."""

    artefact: Artefact
    results: list[EnsembleScore]
    next: int | None


class RunEnsemblesView(StudioView):
    """The ensembles of a run's judges."""

    scopes: ClassVar = {"GET": "data:read", "POST": "runs:write"}

    @extend_schema(operation_id="runs_ensembles", responses={200: Artefacts, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str) -> Response:
        """List them, newest first."""
        found = queries.ensembles_of(queries.get_run(self.actor, run_id))
        return Response({"results": [queries.show_artefact(one) for one in found]})

    @extend_schema(
        operation_id="runs_make_ensemble", request=EnsembleBody, responses={200: EnsembleMade, **shapes.PROBLEMS}
    )
    def post(self, request: Request, run_id: str) -> Response:
        """Make one score of the judges' scores for each answer; asks no judge, and twice changes nothing."""
        return self.once(lambda: self._make(run_id))

    def _make(self, run_id: str) -> Response:
        body = shapes.checked(EnsembleBody, self.body)
        run = queries.get_run(self.actor, run_id)
        made = services.make_ensemble(by=self.actor, run=run, **body)
        return Response(
            {"artefact": queries.show_artefact(made.artefact), "counts": made.counts, "silent": made.silent}
        )


class RunEnsembleView(StudioView):
    """The scores of one ensemble."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="runs_ensemble",
        parameters=[OpenApiParameter("after", int, description="The `next` of the page before")],
        responses={200: EnsembleScores, **shapes.PROBLEMS},
    )
    def get(self, request: Request, run_id: str, digest: str) -> Response:
        """Each answer with the ensemble's score, those of the judges and the trace, a hundred at a time."""
        run = queries.get_run(self.actor, run_id)
        made = queries.get_ensemble(self.actor, run, digest)
        after = request.query_params.get("after", "-1")
        if not (after.removeprefix("-").isdecimal() and len(after) < 10):
            raise errors.Invalid("after must be a whole number.", problems=[errors.Problem("/after", "is no number")])
        chosen = list(queries.ensemble_answers(run).filter(index__gt=int(after))[: PAGE + 1])
        rows = queries.fused(run, made, chosen[:PAGE])
        more = chosen[PAGE - 1].index if len(chosen) > PAGE else None
        return Response({"artefact": queries.show_artefact(made), "results": list(map(_shown, rows)), "next": more})


def _shown(one: queries.Fused) -> dict[str, Any]:
    return {
        "index": one.item.index,
        "rubric": str(one.item.version),
        "prompt_id": one.item.subject.prompt.external_id,
        "response_id": one.title,
        "sample": one.item.sample,
        "status": one.status if one.stored else queries.PENDING,
        "raw": one.raw,
        "display": one.display,
        "coverage": one.coverage,
        "judges": [{**part._asdict(), "standardised": part.standardised} for part in one.parts],
        "trace": list(one.trace),
    }

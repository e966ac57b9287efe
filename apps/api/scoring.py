"""The scoring of a version: its steps in words and what they do to judged answers; the steps there are."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries as judging
from apps.rubrics import queries
from domain import pipeline, rubric


class StepKind(answers.Answer):
    """What a kind of step says of itself; each parameter has its help, default and JSON Schema."""

    step: str
    phase: str
    title: str
    help: str
    unscored: str
    range: str
    monotone: str
    source: str
    needs_group: bool
    needs_length: bool
    once: bool
    parameters: list[dict[str, Any]]


class StepKinds(answers.Answer):
    """Every kind of step."""

    results: list[StepKind]


class ToldStep(answers.Answer):
    """A step of a version in words; `way` is where the score goes when verdicts get better: up, down or none."""

    step: str
    phase: str
    reading: str
    way: str


class PartOfScore(answers.Answer):
    """What a criterion gives to the sum on average, and its share of the variance of the sum."""

    criterion: str
    mean: float | None
    share: float | None


class Diagnostics(answers.Answer):
    """What groups of judged answers can learn from the scores; counts and shares as on the Scoring page."""

    judge: str
    pinned: bool
    answers: int
    unscored: int
    prompts: int
    level: int
    level_clamped: int
    zero_advantage: float | None
    clamp_share: float | None
    floor_saturation: float | None
    effective_criteria: float | None
    weighing: int
    parts: list[PartOfScore]


class Scoring(answers.Answer):
    """How a version makes its scores: steps in words, bounds, and diagnostics where answers were judged."""

    steps: list[ToldStep]
    low: float
    high: float
    way: str
    needs_group: bool
    needs_length: bool
    diagnostics: Diagnostics | None


class StepKindsView(StudioView):
    """The kinds of step that a scoring may have."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="scoring_steps", responses={200: StepKinds, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """Every kind of step with its parameters, in no order that matters."""
        return Response({"results": pipeline.catalogue()})


class ScoringView(StudioView):
    """How a version makes its scores."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="versions_scoring", responses={200: Scoring, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Its steps in the order in which they are taken, and what they do to the answers judged last."""
        version = queries.get_version(self.actor, slug, number)
        said = queries.domain_rubric(version)
        layout = rubric.layout_of(said)
        low, high = pipeline.span(said.scoring, layout)
        told = {
            "steps": [
                {"step": one.step, "phase": one.phase.name.lower(), "reading": one.reading(), "way": one.way(layout)}
                for one in pipeline.ordered(said.scoring)
            ],
            "low": low,
            "high": high,
            "way": pipeline.way(said.scoring, layout),
            "needs_group": pipeline.needs_group(said.scoring),
            "needs_length": pipeline.needs_length(said.scoring),
        }
        return Response({**told, "diagnostics": _diagnostics(judging.steps_effect(version))})


def _diagnostics(found: judging.StepsEffect | None) -> dict[str, Any] | None:
    if found is None:
        return None
    held = found.diagnostics
    same = ("answers", "unscored", "prompts", "level", "zero_advantage", "clamp_share", "floor_saturation", "weighing")
    return {
        "judge": str(found.judge),
        "pinned": found.pinned,
        "level_clamped": held.level_shown,
        "effective_criteria": held.effective,
        "parts": [{"criterion": one.criterion, "mean": one.mean, "share": one.share} for one in held.parts],
        **{name: getattr(held, name) for name in same},
    }

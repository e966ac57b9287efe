"""Trajectories whose steps were scored: what each step is paid, computed on the spot; nothing is stored."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.training import bodies, queries
from domain import errors
from domain.scoring import stepwise


class PaidStep(answers.Answer):
    """One step: its score from 0 to 1, the level that it says, and what it is paid; null where it has no score."""

    id: str
    step: int
    score: float | None
    level: float | None
    reward: float | None


class Padding(answers.Answer):
    """What the whole is paid where one step stands so many times; where it `grows` needless steps pay."""

    step: int
    times: list[int]
    totals: list[float]
    grows: bool


class Trajectory(answers.Answer):
    """The steps of one group in their order: what they are paid in all, and numbers of their levels."""

    group: str
    outcome: float | None
    total: float | None
    aggregate: float | None
    aggregates: dict[str, float | None] = Field(description="By each of the eight ways")
    padding: Padding | None = Field(description="Of the best step; null where a step has no score")
    steps: list[PaidStep]


class Trajectories(answers.Answer):
    """In the order in which they were sent."""

    trajectories: list[Trajectory]


class ScoreStepsView(StudioView):
    """Scores of steps to rewards."""

    scopes: ClassVar = {"POST": "rubrics:read"}

    @extend_schema(
        operation_id="score_steps", request=bodies.ScoredStepsBody, responses={200: Trajectories, **shapes.PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Pay the steps of trajectories that you scored; asks no judge and stores nothing."""
        body = bodies.read(bodies.ScoredStepsBody, self.body)
        if sum(len(one.steps) for one in body.trajectories) > bodies.MOST_ITEMS:
            said = f"At most {bodies.MOST_ITEMS:,} steps are taken."
            raise errors.Invalid(said, problems=[errors.Problem("/trajectories", said)])
        return Response({"trajectories": [_paid(one, body.way()) for one in body.trajectories]})


def _paid(one: bodies.TrajectoryBody, way: stepwise.Way) -> dict[str, Any]:
    names = [(str(place), place) for place in range(1, len(one.steps) + 1)]
    return queries.paid(one.group, one.steps, way, one.outcome, names)

"""What the edits of a proposal would do on held-out labelled pairs."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, gate, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import queries, services
from apps.rubrics import queries as rubrics
from apps.rubrics.models import Proposal
from domain import errors


class EffectsBody(serializers.Serializer[Any]):
    """On whose preferences, by which judge, and on how many pairs it may be asked; `dry_run` only estimates."""

    dataset = serializers.CharField(max_length=80, help_text="A data set in which somebody said which answer is better")
    judge = serializers.CharField(max_length=120, required=False, allow_null=True)
    pairs = serializers.IntegerField(required=False, min_value=0, max_value=500)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    dry_run = serializers.BooleanField(required=False)


class Order(answers.Answer):
    """How a wording orders the pairs; `consistency` is of those that it decides."""

    right: int
    wrong: int
    tied: int
    consistency: gate.Rate


class Effect(answers.Answer):
    """What changes from the rubric as it is, on pairs that both wordings score; `unknown` counts the others.

    `gained` and `lost` pairs end nearer to the label or farther from it; `chance` is how often so uneven a split comes
    by chance. `changed` counts answers whose score changes.
    """

    before: Order
    after: Order
    pairs: int
    unknown: int
    gained: int
    lost: int
    chance: float | None
    changed: int


class Turned(answers.Answer):
    """A pair that turns, with its margin towards the label before and after; answers by their keys."""

    prompt: int
    better: int
    worse: int
    before: float
    after: float
    gained: bool


class Moved(answers.Answer):
    """An answer whose score changes much; `better` says which one of its pair it is."""

    prompt: int
    response: int
    better: bool
    before: float
    after: float


class Whole(Effect):
    """All open edits together, with some pairs that turn and the answers that move most."""

    turned: list[Turned]
    moved: list[Moved]


class Alone(answers.Answer):
    """One edit alone; `reason` says why it cannot be, and the figures are left out then."""

    position: int
    reason: str
    before: Order | None
    after: Order | None
    pairs: int | None
    unknown: int | None
    gained: int | None
    lost: int | None
    chance: float | None
    changed: int | None


class AnswerCost(answers.Answer):
    """What judging one answer anew costs, on the average."""

    calls: float
    prompt_tokens: float
    completion_tokens: float


class Asked(answers.Answer):
    """What the forecast itself cost."""

    calls: int
    tokens: int
    seconds: float


class Costs(answers.Answer):
    """The cost of an answer before and after, and of the forecast."""

    before: AnswerCost
    after: AnswerCost
    asked: Asked


class Effects(answers.Answer):
    """A forecast: `state` is working, done or failed with its `reason`; figures are null until it is done.

    `current` says that the edits that wait are those it is about. `held_back` prompts were left out, since the criteria
    were written from them.
    """

    id: int
    state: str
    reason: str
    current: bool
    dataset: str
    judge: str
    run: str | None
    at: datetime | None
    whole: Whole | None
    cost: Costs | None
    held_back: int
    hunks: list[Alone]


class EffectsEstimate(answers.Answer):
    """What a forecast would cost: verdicts that are stored, to be asked, and the calls for them."""

    items: int
    verdicts: int
    stored: int
    to_ask: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float | None
    money: float | None
    currency: str


class ProposalRead(answers.Proposal):
    """A proposal with what was predicted last of it."""

    effects: Effects | None


class EffectsView(StudioView):
    """Predicts what the edits of a proposal would do."""

    scopes: ClassVar = {"POST": "runs:write"}

    @extend_schema(
        operation_id="proposals_effects",
        request=EffectsBody,
        responses={200: EffectsEstimate, 202: Effects, **shapes.PROBLEMS},
    )
    def post(self, request: Request, proposal_id: int) -> Response:
        """Have held-out pairs judged as far as verdicts are lacking, then compare; it comes with the proposal.

        With `dry_run` it answers 200 with the estimate and asks nobody.
        """
        return self.once(lambda: self._predict(proposal_id))

    def _predict(self, proposal_id: int) -> Response:
        body: dict[str, Any] = shapes.checked(EffectsBody, self.body or {})
        row = rubrics.get_proposal(self.actor, proposal_id)
        dry = body.pop("dry_run", False)
        with errors.at("/dataset"):
            body["dataset"] = datasets.get_dataset(self.actor, body["dataset"])
        with errors.at("/judge"):
            body["judge"] = judging.judge_by_ref(self.actor, body.get("judge"))
        if dry:
            return Response(services.estimate_effects(by=self.actor, proposal=row, **body).as_dict())
        services.predict_effects(by=self.actor, proposal=row, **body)
        return Response(shown(row), 202, headers={"Location": f"/api/v1/proposals/{row.pk}"})


def shown(row: Proposal) -> dict[str, Any] | None:
    """What was predicted last."""
    return queries.prediction_body(row)

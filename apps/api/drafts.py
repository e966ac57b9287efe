"""Drafts: what a method drafts or refines, until it is a proposal."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import Actor
from apps.api import answers, gate, needs, shapes
from apps.api.base import StudioView
from apps.judging import queries as judging
from apps.refinement import models, queries, services
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.refinement.registry import METHODS


class Suggestion(answers.Answer):
    """A criterion that came up: new, reworded or taken out; `drop` says why it is not proposed, empty where it is.

    `parents` are the keys of what it was made of.
    """

    key: str
    op: str
    text: str
    target: str
    parents: list[str]
    round: int
    drop: str
    weight: float | None
    kind: str
    evidence: dict[str, Any]


class Spent(answers.Answer):
    """What the models were asked."""

    calls: int
    tokens: int
    seconds: float


class Question(answers.Answer):
    """What a draft asks people; `answer` is null while it waits."""

    key: str
    question: str
    answer: str | None


class Governor(answers.Answer):
    """A meta-rubric that governed the writing."""

    key: int
    title: str
    version: int


class Draft(answers.Answer):
    """A draft: `state` is working, waiting (for a person), proposed or refused; `reason` says why it stopped.

    `consistency` is the share of held-out labels that the kept criteria reproduce; null until it is known, and for
    methods that measure something else, which stands in `figures`.
    """

    id: int
    method: str
    rubric: str
    dataset: str | None
    judge: str
    writer: str
    state: str
    stage: str
    reason: str
    job: str | None
    proposal: int | None
    params: dict[str, float]
    seed: int
    budget: dict[str, int]
    cost: Spent
    questions_cached: int
    questions: list[Question]
    meta_rubrics: list[Governor]
    dropped: dict[str, int]
    suggestions: list[Suggestion]
    figures: dict[str, Any]
    consistency: gate.Rate | None


class Setting(answers.Answer):
    """A setting of a method and its bounds."""

    name: str
    title: str
    default: float
    low: float
    high: float
    whole: bool


class DraftMethod(answers.Answer):
    """A way of drafting or refining: what it asks, what it takes as inputs, its settings and source."""

    method: str
    title: str
    question: str
    inputs: list[str]
    settings: list[Setting]
    source: str
    frontier: str


class DraftMethods(answers.Answer):
    """All of them."""

    methods: list[DraftMethod]


class DraftAnswer(serializers.Serializer[Any]):
    """An answer to a question of a draft."""

    key = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=services.MOST_SAID)


class DraftMethodsView(StudioView):
    """The methods."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="drafts_methods", responses={200: DraftMethods, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """What `POST /proposals` takes as `method`, beside `suggestion`."""
        told = [
            {
                "method": one.kind, "title": one.title, "question": one.question, "inputs": list(needs.fields_of(one)),
                "settings": [
                    {"name": each.name, "title": each.title, "default": each.default, "low": each.low,
                     "high": each.high, "whole": each.whole}
                    for each in one.params
                ],
                "source": one.source, "frontier": one.frontier,
            }
            for one in queries.methods().values()
        ]  # fmt: skip
        return Response({"methods": told})


class DraftView(StudioView):
    """One draft."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="drafts_read", responses={200: Draft, **shapes.PROBLEMS})
    def get(self, request: Request, draft_id: int) -> Response:
        """How far it is, what was written, and the proposal once there is one."""
        return Response(show(queries.get_draft(self.actor, draft_id)))


class DraftAnswersView(StudioView):
    """What people answer to a draft."""

    scopes: ClassVar = {"POST": "proposals:write"}

    @extend_schema(operation_id="drafts_answer", request=DraftAnswer, responses={200: Draft, **shapes.PROBLEMS})
    def post(self, request: Request, draft_id: int) -> Response:
        """Answer a question of a draft that waits; it goes on once all are answered."""
        return self.once(lambda: self._answer(draft_id))

    def _answer(self, draft_id: int) -> Response:
        said = shapes.checked(DraftAnswer, self.body)
        found = queries.get_draft(self.actor, draft_id)
        services.answer_question(by=self.actor, draft=found, **said)
        return Response(show(queries.get_draft(self.actor, draft_id)))


def started(actor: Actor, method: str, base: RubricVersion, inputs: dict[str, Any], budget: Any) -> models.Draft:
    """Start a draft for a version by what was sent."""
    if budget is not None and not isinstance(budget, dict):
        problem = errors.Problem("/budget", "must be an object of calls, tokens and minutes")
        raise errors.Invalid("A budget names calls, tokens and minutes.", problems=[problem])
    params = {one.name: inputs.pop(one.name) for one in METHODS[method].params if one.name in inputs}
    with errors.at("/inputs/judge"):
        judge = judging.judge_by_ref(actor, inputs.pop("judge", None))
    with errors.at("/inputs/writer"):
        named = inputs.pop("writer", None)
        writer = judging.judge_by_ref(actor, named) if named else None
    wanted = services.Wanted(
        method=method, version=base, judge=judge, writer=writer, params=params, seed=inputs.pop("seed", 0),
        inputs=inputs, budget=budget,
    )  # fmt: skip
    try:
        return services.start_draft(by=actor, wanted=wanted)
    except errors.Invalid as error:
        problems = [
            one if one.pointer.startswith("/budget") else errors.Problem(f"/inputs{one.pointer}", one.message)
            for one in error.problems
        ]
        raise errors.Invalid(error.message, code=error.code, problems=problems) from error


def show(draft: models.Draft) -> dict[str, Any]:
    """A draft as REST answers it."""
    cost = queries.cost_of(draft)
    own = {"dropped", "consistency", "cost"}
    return {
        "id": draft.pk, "method": draft.method, "rubric": str(draft.version),
        "dataset": draft.dataset.slug if draft.dataset else None, "judge": str(draft.judge),
        "writer": str(draft.writer), "state": str(draft.state), "stage": draft.stage, "reason": draft.reason,
        "job": str(draft.job_id) if draft.job_id else None, "proposal": draft.proposal_id, "params": draft.params,
        "seed": draft.seed, "budget": draft.budget,
        "cost": {"calls": cost.calls, "tokens": cost.tokens, "seconds": cost.seconds},
        "questions_cached": queries.progress_of(draft).cached,
        "questions": [
            {"key": one.key, "question": one.question, "answer": (one.reply.get("texts") or [None])[0]}
            for one in queries.questions_of(draft)
        ],
        "meta_rubrics": queries.governed_by(draft),
        "dropped": draft.figures.get("dropped", {}), "consistency": draft.figures.get("consistency"),
        "figures": {name: value for name, value in draft.figures.items() if name not in own},
        "suggestions": draft.suggestions,
    }  # fmt: skip

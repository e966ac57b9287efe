"""Drafts: criteria that a model is asked to write from preference pairs, until they are a proposal."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import Actor
from apps.api import answers, gate, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import models, queries, services
from apps.rubrics.models import RubricVersion
from domain import errors

METHODS = (services.PAIRS,)


class DraftInputs(serializers.Serializer[Any]):
    """For which version, from whose pairs and by which judge; how many pairs, and what has to be reproduced."""

    rubric = serializers.CharField(max_length=140)
    dataset = serializers.CharField(max_length=80)
    judge = serializers.CharField(max_length=120, required=False, allow_null=True)
    sources = serializers.IntegerField(required=False, min_value=1, max_value=100)
    checks = serializers.IntegerField(required=False, min_value=1, max_value=100)
    threshold = serializers.FloatField(required=False, min_value=0, max_value=1)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class Worth(answers.Answer):
    """On how many of the pairs that choose a criterion sided right, wrong, with neither, or could not be asked."""

    right: int
    wrong: int
    tied: int
    failed: int


class Candidate(answers.Answer):
    """A criterion that was written: from which pairs, what set them apart, how it did, and why it was dropped."""

    text: str
    kind: str
    differences: list[str]
    sources: list[int]
    worth: Worth | None
    drop: str


class Spent(answers.Answer):
    """What the model was asked."""

    calls: int
    tokens: int
    seconds: float


class Draft(answers.Answer):
    """A draft: `state` is working, proposed or refused with its `reason`.

    `consistency` is the share of held-out labels that the kept criteria reproduce; null until it is known.
    """

    id: int
    method: str
    rubric: str
    dataset: str
    judge: str
    state: str
    reason: str
    job: str | None
    proposal: int | None
    settings: dict[str, float]
    budget: dict[str, int]
    cost: Spent
    dropped: dict[str, int]
    candidates: list[Candidate]
    consistency: gate.Rate | None


class DraftView(StudioView):
    """One draft."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="drafts_read", responses={200: Draft, **shapes.PROBLEMS})
    def get(self, request: Request, draft_id: int) -> Response:
        """How far it is, what was written, and the proposal once there is one."""
        return Response(show(queries.get_draft(self.actor, draft_id)))


def started(actor: Actor, base: RubricVersion, inputs: dict[str, Any], budget: Any) -> models.Draft:
    """Start a draft for a version by what was sent."""
    if budget is not None and not isinstance(budget, dict):
        problem = errors.Problem("/budget", "must be an object of calls, tokens and minutes")
        raise errors.Invalid("A budget names calls, tokens and minutes.", problems=[problem])
    with errors.at("/inputs/dataset"):
        dataset = datasets.get_dataset(actor, inputs.pop("dataset"))
    with errors.at("/inputs/judge"):
        judge = judging.judge_by_ref(actor, inputs.pop("judge", None))
    return services.start_draft(by=actor, version=base, dataset=dataset, judge=judge, budget=budget, **inputs)


def show(draft: models.Draft) -> dict[str, Any]:
    """A draft as REST answers it."""
    cost = queries.cost_of(draft)
    return {
        "id": draft.pk, "method": draft.method, "rubric": str(draft.version), "dataset": draft.dataset.slug,
        "judge": str(draft.judge), "state": str(draft.state), "reason": draft.reason,
        "job": str(draft.job_id) if draft.job_id else None, "proposal": draft.proposal_id,
        "settings": draft.settings, "budget": draft.budget,
        "cost": {"calls": cost.calls, "tokens": cost.tokens, "seconds": cost.seconds},
        "dropped": draft.figures.get("dropped", {}), "consistency": draft.figures.get("consistency"),
        "candidates": [{"worth": None, "drop": "", **one} for one in draft.candidates],
    }  # fmt: skip

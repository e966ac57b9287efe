"""Edits that a model makes of answers: written, looked at, stored as a data set."""

import dataclasses
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, drafts, gate, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import queries, services
from apps.refinement.models import CausalEdit, CausalSet
from apps.rubrics import queries as rubrics
from domain import errors


class EditsBody(serializers.Serializer[Any]):
    """Of whose answers, by which model; `dry_run` only estimates."""

    dataset = serializers.CharField(max_length=80)
    writer = serializers.CharField(max_length=120, required=False, allow_null=True)
    answers = serializers.IntegerField(required=False, min_value=1, max_value=100)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    dry_run = serializers.BooleanField(required=False)


class KeepBody(serializers.Serializer[Any]):
    """Which edits are kept, by position, and the name of the data set that they become."""

    slug = serializers.SlugField(max_length=80)
    positions = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=100_000), min_length=1, max_length=2_000
    )


class EditShown(answers.Answer):
    """One edit: upgrade or degrade of a criterion, or neutral; `kept` is null before a person decided."""

    position: int
    prompt: int
    response: int
    kind: str
    criterion: str
    state: str
    reason: str
    text: str
    kept: bool | None


class EditAnswers(answers.Answer):
    """How a judge's verdicts on a criterion answer to the stored edits.

    `sensitivity` is the share of its own edits that move it the right way, `leakage` of other criteria that they move
    too, `drift` the mean change by other words.
    """

    judge: str
    criterion: str
    sensitivity: gate.Rate
    leakage: gate.Rate
    drift: float | None
    steady: int


class EditSet(answers.Answer):
    """A set of edits; `dataset` is what they were made of, `stored` what was kept."""

    id: int
    rubric: str
    dataset: str
    writer: str
    stored: str | None
    at: datetime
    waiting: int
    cost: drafts.Spent
    edits: list[EditShown]
    answers: list[EditAnswers]


class EditCost(answers.Answer):
    """What it would ask."""

    edits: int
    tokens: int
    seconds: float | None


class EditsView(StudioView):
    """Has answers edited."""

    scopes: ClassVar = {"POST": "runs:write"}

    @extend_schema(
        operation_id="versions_edits", request=EditsBody, responses={200: EditCost, 202: EditSet, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Have a model make each criterion better and worse in some answers; with `dry_run` 200 and the estimate."""
        return self.once(lambda: self._write(slug, number))

    def _write(self, slug: str, number: int) -> Response:
        body: dict[str, Any] = shapes.checked(EditsBody, self.body or {})
        version = rubrics.get_version(self.actor, slug, number)
        dry = body.pop("dry_run", False)
        with errors.at("/dataset"):
            body["dataset"] = datasets.get_dataset(self.actor, body["dataset"])
        with errors.at("/writer"):
            body["writer"] = judging.judge_by_ref(self.actor, body.get("writer"))
        if dry:
            return Response(dataclasses.asdict(services.estimate_edits(by=self.actor, version=version, **body)))
        made = services.write_edits(by=self.actor, version=version, **body)
        return Response(_shown(made), 202, headers={"Location": f"/api/v1/causal-edits/{made.pk}"})


class EditSetView(StudioView):
    """A set of edits."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="causal_edits_read", responses={200: EditSet, **shapes.PROBLEMS})
    def get(self, request: Request, set_id: int) -> Response:
        """Every edit, and how verdicts answer to those that are stored."""
        return Response(_shown(queries.get_set(self.actor, set_id)))


class EditsStoreView(StudioView):
    """Stores edits that are kept."""

    scopes: ClassVar = {"POST": "data:write"}

    @extend_schema(operation_id="causal_edits_store", request=KeepBody, responses={201: EditSet, **shapes.PROBLEMS})
    def post(self, request: Request, set_id: int) -> Response:
        """Make a data set of the edits that somebody looked at and keeps; 409 where it was done."""
        return self.once(lambda: self._store(set_id))

    def _store(self, set_id: int) -> Response:
        body = shapes.checked(KeepBody, self.body or {})
        made = queries.get_set(self.actor, set_id)
        services.store_edits(by=self.actor, made=made, slug=body["slug"], positions=body["positions"])
        return Response(_shown(queries.get_set(self.actor, set_id)), 201)


def _shown(made: CausalSet) -> dict[str, Any]:
    edits = queries.edits_of(made)
    judges = judging.fit_judges(made.version) if made.stored_id else []
    return {
        "id": made.pk, "rubric": str(made.version), "dataset": made.dataset.slug, "writer": str(made.writer),
        "stored": made.stored.slug if made.stored else None, "at": made.created_at,
        "waiting": sum(one.state == CausalEdit.State.WAITING for one in edits),
        "cost": dataclasses.asdict(queries.edits_cost(made)),
        "edits": [
            {
                "position": one.position, "prompt": one.response.prompt_id, "response": one.response_id,
                "kind": one.kind, "criterion": one.criterion, "state": one.state, "reason": one.reason,
                "text": one.text, "kept": one.kept,
            }
            for one in edits
        ],
        "answers": [
            {
                "judge": str(judge), "criterion": row.criterion.id, "drift": row.found.drift,
                "steady": row.found.steady, "sensitivity": dataclasses.asdict(row.found.sensitivity),
                "leakage": dataclasses.asdict(row.found.leakage),
            }
            for judge in judges
            for row in queries.moved_by(made, judge)
        ],
    }  # fmt: skip

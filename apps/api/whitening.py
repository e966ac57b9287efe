"""Weights whitened by stored verdicts, and weights that are suggested instead of applied."""

import math
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes, weighing
from apps.api.base import StudioView
from apps.judging import services
from apps.rubrics import queries
from apps.rubrics import services as rubrics


class WhitenedBody(serializers.Serializer[Any]):
    """Whose answers: those of a run by its id, else those judged last under the rubric."""

    run = serializers.UUIDField(required=False, allow_null=True)


class WhitenedShown(answers.Answer):
    """Whitened weights; name `digest` as `fit` to apply them, to suggest them or to keep them as a profile.

    `uniform` says why weights stayed equal and nothing was kept. `constant` criteria tell no answers apart, `opposed`
    pairs contradict each other, `cut` ones came out negative; `singular` counts the directions without any spread.
    `correlations` go by the order of `criteria`, null where one of both never varies. `effective` is over how many
    criteria the weighted verdicts really vary, now and then.
    """

    digest: str | None
    shares: dict[str, float]
    uniform: str
    answers: int
    constant: list[str]
    opposed: list[list[str]]
    cut: list[str]
    singular: int
    eigenvalues: list[float]
    criteria: list[str]
    correlations: list[list[float | None]]
    effective: dict[str, float | None]


class SuggestBody(weighing.SourceBody):
    """Which weights to suggest."""


class WhitenedView(StudioView):
    """Weights whitened by stored verdicts."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(
        operation_id="weights_whitened", request=WhitenedBody, responses={201: WhitenedShown, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Fit and freeze; asks no judge and changes no version. 409 where nothing was judged."""
        return self.once(lambda: self._fit(slug, number))

    def _fit(self, slug: str, number: int) -> Response:
        run = shapes.checked(WhitenedBody, self.body or {}).get("run")
        version = queries.get_version(self.actor, slug, number)
        done = services.fit_whitened(by=self.actor, version=version, run=str(run) if run else "")
        return Response(_shown(done), status=201)


class SuggestView(StudioView):
    """Weights for one's own suggestion."""

    scopes: ClassVar = {"POST": "proposals:write"}

    @extend_schema(
        operation_id="weights_suggest", request=SuggestBody, responses={201: answers.Proposal, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Join weights to what this person suggests for the version: an edit for each that differs."""
        return self.once(lambda: self._suggest(slug, number))

    def _suggest(self, slug: str, number: int) -> Response:
        body = shapes.checked(SuggestBody, self.body)
        version = queries.get_version(self.actor, slug, number)
        found = weighing.proposed(self, version, body)
        made = rubrics.suggest_weights(
            by=self.actor, version=version, criteria=found.criteria, groups=found.groups, title=found.title,
        )  # fmt: skip
        where = f"/api/v1/proposals/{made.pk}"
        return Response(queries.proposal_body(made), status=201, headers={"Location": where})


def _shown(done: services.WhitenedFit) -> dict[str, Any]:
    found, names = done.found, done.found.names
    fitted, table = found.fitted, found.correlations.tolist()
    return {
        "digest": done.artefact.digest if done.artefact else None, "shares": found.shares, "uniform": fitted.uniform,
        "answers": found.answers, "constant": [names[place] for place in fitted.constant],
        "opposed": [[names[one], names[other]] for one, other in fitted.opposed],
        "cut": [names[place] for place in fitted.cut], "singular": fitted.singular,
        "eigenvalues": list(fitted.eigenvalues), "criteria": names,
        "correlations": [[None if math.isnan(value) else value for value in row] for row in table],
        "effective": {"now": found.now, "then": found.then},
    }  # fmt: skip

"""Weights whitened by stored verdicts."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import services
from apps.rubrics import queries


class WhitenedShown(answers.Answer):
    """Whitened weights; name `digest` as `fit` to apply them or to keep them as a profile.

    `uniform` says why weights stayed equal and nothing was kept. `constant` criteria tell no answers apart, `opposed`
    pairs contradict each other.
    """

    digest: str | None
    shares: dict[str, float]
    uniform: str
    answers: int
    constant: list[str]
    opposed: list[list[str]]
    eigenvalues: list[float]


class WhitenedView(StudioView):
    """Weights whitened by stored verdicts."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(operation_id="weights_whitened", request=None, responses={201: WhitenedShown, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Fit and freeze; asks no judge and changes no version. 409 where nothing was judged."""
        return self.once(lambda: self._fit(slug, number))

    def _fit(self, slug: str, number: int) -> Response:
        found = services.fit_whitened(by=self.actor, version=queries.get_version(self.actor, slug, number))
        shown = {
            "digest": found.artefact.digest if found.artefact else None, "shares": found.shares,
            "uniform": found.uniform, "answers": found.answers, "constant": list(found.constant),
            "opposed": [list(pair) for pair in found.opposed], "eigenvalues": list(found.eigenvalues),
        }  # fmt: skip
        return Response(shown, status=201)

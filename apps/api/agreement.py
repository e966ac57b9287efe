"""How far people and judges agree on a data set."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.review import queries
from domain import agreement


class Policies(answers.Answer):
    """What is done about what was not said, in words."""

    missing: str
    abstain: str
    ties: str
    interval: str


class AgreementShown(answers.Answer):
    """A coefficient with its interval; `value` is null where it is not defined.

    `n_items` counts items with two ratings or more, `single` those with one. `abstained` are answers without a value,
    `assisted` those given after a suggestion was seen; neither counts. `undecided` are items without a majority.
    """

    value: float | None
    low: float | None
    high: float | None
    n_items: int
    n_raters: int
    policy: Policies
    metric: str
    level: str
    criterion: str | None
    raters: list[list[str]]
    single: int
    abstained: int
    assisted: int
    undecided: int
    resamples: int


class DatasetAgreementView(StudioView):
    """How far raters agree on a data set."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="dataset_agreement",
        parameters=[
            OpenApiParameter("metric", str, enum=list(agreement.Metric), description="Alpha where left out."),
            OpenApiParameter("criterion", str, description="A criterion's id; whole responses where left out."),
            OpenApiParameter("of", str, enum=["labels", "preferences"]),
            OpenApiParameter(
                "level", str, enum=list(agreement.LEVELS), description="Nominal for two values, else ordinal."
            ),
            OpenApiParameter("repeats", str, enum=["first", "each"], description="Whether repeats are items too."),
            OpenApiParameter(
                "raters", str,
                description="Names with commas: a rater, sort:human, sort:crowd, judge:name@1; all people where left "
                "out. Two lists with ~ between them are two raters, by majority (nominal) or mean.",
            ),
        ],
        responses={200: AgreementShown, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request, slug: str) -> Response:
        """One coefficient over blind first ratings, with a bootstrap interval over items and its policies."""
        query = request.query_params
        found = queries.agreement_of(
            self.actor, datasets.get_dataset(self.actor, slug), metric=query.get("metric", ""),
            criterion=query.get("criterion") or None, of=query.get("of") or "labels", level=query.get("level", ""),
            raters=query.get("raters", ""), repeats=query.get("repeats") or "first",
        )  # fmt: skip
        return Response(show(found))


def show(found: queries.Agreement) -> dict[str, Any]:
    """An agreement as REST shows it."""
    measured = found.measured
    return {
        "value": measured.value, "low": measured.low, "high": measured.high, "n_items": measured.n_items,
        "n_raters": measured.n_raters, "policy": measured.policy._asdict(), "metric": measured.metric.value,
        "level": measured.level, "criterion": found.criterion, "raters": [list(side) for side in found.raters],
        "single": measured.single, "abstained": found.abstained, "assisted": found.assisted,
        "undecided": found.undecided, "resamples": measured.resamples,
    }  # fmt: skip

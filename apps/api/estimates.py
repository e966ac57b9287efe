"""True means on a data set, from people's labels and a judge's verdicts together."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.review import queries
from domain import errors
from domain.agreement import powered


class Mean(answers.Answer):
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


class LabelsNeeded(answers.Answer):
    """How many labels in all reach the half-width, with the verdicts at hand and with labels alone."""

    with_judge: int
    alone: int


class Estimate(answers.Answer):
    """What people would say of all answers; the means are null where `reason` says why there is no estimate.

    `bias` is how far the judge's own mean is off, `worth` how many labels alone would be as good. Left out and counted:
    `unjudged` labelled answers without a verdict, `unscored` ones, and labels `not_by_chance`. `drawn_by_chance` is
    false where the labelled answers look too different to the judge to be a chance sample.
    """

    criterion: str | None
    model: str | None
    value: float | None
    low: float | None
    high: float | None
    labels_alone: Mean | None
    judge_alone: Mean | None
    bias: float | None
    weight: float | None
    worth: float | None
    n_labels: int
    n_verdicts: int
    unjudged: int
    unscored: int
    not_by_chance: int
    drawn_by_chance: bool
    needed: LabelsNeeded | None
    reason: str


class EstimatesShown(answers.Answer):
    """Estimates by one judge: by criterion over all models (`model` null), or by model on one criterion."""

    judge: str | None
    judges: list[str]
    half_width: float
    estimates: list[Estimate]


class DatasetEstimatesView(StudioView):
    """True means on a data set."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="dataset_estimates",
        parameters=[
            OpenApiParameter("by", str, enum=["criterion", "model"], description="Criterion where left out."),
            OpenApiParameter("criterion", str, description="With by=model; whole responses if left out."),
            OpenApiParameter("judge", str, description="`judge:name@1`, or a model that labelled."),
            OpenApiParameter("half_width", float, description="What `needed` is for: above 0, at most 0.5; else 0.05."),
        ],
        responses={200: EstimatesShown, **shapes.PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """What people would say on the mean, by prediction-powered inference. For authors."""
        query = request.query_params
        by = query.get("by") or "criterion"
        if by not in ("criterion", "model"):
            raise errors.Invalid("`by` is criterion or model.", code="by_unknown")
        found = queries.estimates_of(
            self.actor, datasets.get_dataset(self.actor, slug), judge=query.get("judge", ""),
            criterion=query.get("criterion") or None, half=_half(query.get("half_width", "")),
        )  # fmt: skip
        rows = found.closely if by == "model" else found.rows
        return Response(
            {
                "judge": found.judge.key if found.judge else None,
                "judges": [one.key for one in found.sources],
                "half_width": found.half,
                "estimates": [show(row) for row in rows],
            }
        )


def show(row: queries.EstimateRow) -> dict[str, Any]:
    """An estimate as REST shows it."""
    found = row.found
    return {
        "criterion": row.criterion, "model": row.model, "value": found and found.both.value,
        "low": found and found.both.low, "high": found and found.both.high,
        "labels_alone": found and _mean(found.labels), "judge_alone": found and _mean(found.judge),
        "bias": found and found.bias, "weight": found and found.weight, "worth": found and found.worth,
        "n_labels": row.labels, "n_verdicts": row.verdicts, "unjudged": row.unjudged, "unscored": row.unscored,
        "not_by_chance": row.chosen, "drawn_by_chance": not row.doubtful,
        "needed": row.needed and row.needed._asdict(), "reason": row.reason,
    }  # fmt: skip


def _mean(one: powered.Estimate) -> dict[str, float]:
    return one._asdict()


def _half(said: str) -> float:
    try:
        return float(said) if said else queries.HALF
    except ValueError:
        raise errors.Invalid("`half_width` is a number such as 0.05.", code="width_invalid") from None
